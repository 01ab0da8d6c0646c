/**
 * `npm run soak`: plans flow, decisions are made and limits strike, while supervisor, Claude, MCP servers and commands
 * are killed at random, and the service, the configuration or a workspace is bad for a while. After each kill everything
 * that the program promises is checked; it ends with a report, and leaves nothing behind unless there is something to
 * look at.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { play, type SoakOptions } from './play.ts';
import { lines } from './report.ts';

const HELP = `Usage: npm run soak -- [options]

Runs the built program with the real claude and a scripted model, and kills
what it can while plans flow. Exit code 1 when anything was lost, doubled or
otherwise broken. Linux only: it reads /proc.

  --minutes N   how long things go wrong (default 1); then all plans are
                brought to their end, which takes about a minute more
  --seed N      repeats the intentions of an earlier soak
  --clients N   how many clients follow the history over HTTP (default 20)
  --json        print the report as JSON; progress goes to stderr
  --keep        keep the folder also when nothing is broken
  --help        show this help`;

/** The streams that a supervisor serves. */
const MAX_CLIENTS = 1_000;

interface Options extends SoakOptions {
  readonly json: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  if (!existsSync('/proc/self/environ')) {
    console.error('The soak finds processes by their environment in /proc, which is not there: Linux only.');
    return 2;
  }
  const say = options.json ? console.error : console.log;
  say(`Soak of ${options.minutes} min, seed ${options.seed}`);
  const told = await play(options, say);
  console.log(options.json ? JSON.stringify(told, null, 2) : lines(told).join('\n'));
  return told.violations.length > 0 ? 1 : 0;
}

/** What was asked for; null for the help; or what is wrong with it. */
function read(args: readonly string[]): Options | string | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
        clients: { type: 'string', default: '20' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return null;
    const minutes = Number(values.minutes);
    const seed = Number(values.seed);
    const clients = Number(values.clients);
    if (!(minutes > 0)) return `--minutes: '${values.minutes}' is not a number above 0\n\n${HELP}`;
    if (!Number.isInteger(seed)) return `--seed: '${values.seed}' is not a whole number\n\n${HELP}`;
    if (!Number.isInteger(clients) || clients < 0 || clients > MAX_CLIENTS)
      return `--clients: '${values.clients}' is not a whole number from 0 to ${MAX_CLIENTS}\n\n${HELP}`;
    return { minutes, seed, clients, json: values.json, keep: values.keep };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${HELP}`;
  }
}

process.exitCode = await main(process.argv.slice(2));
