/**
 * `npm run bench`: how fast and how light the built program is, each number beside its yardstick in the same run. The
 * aims are no gates: a missed one is shown, and only a measurement that could not be made is a failure.
 */
import { parseArgs } from 'node:util';
import { callCost } from './call-cost.ts';
import { channels } from './channels.ts';
import { commandStart } from './command-start.ts';
import { evidence } from './evidence.ts';
import { firstRequest } from './first-request.ts';
import { gitWork } from './git-work.ts';
import { httpCost } from './http-cost.ts';
import { httpRequests } from './http-requests.ts';
import { httpStreams } from './http-streams.ts';
import { idle } from './idle.ts';
import { largeStore } from './large-store.ts';
import type { Measurement } from './measurement.ts';
import { notify } from './notify.ts';
import { page } from './page.ts';
import { planToSpawn } from './plan-to-spawn.ts';
import { rejections } from './rejections.ts';
import { asJson, head, lines, type Measured, machine, type Report } from './report.ts';
import { runCost } from './run-cost.ts';
import { serverStart } from './server-start.ts';
import { onStage } from './stage.ts';
import { wholeLoop } from './whole-loop.ts';

const MEASUREMENTS: readonly Measurement[] = [
  planToSpawn,
  idle,
  runCost,
  commandStart,
  serverStart,
  firstRequest,
  rejections,
  gitWork,
  evidence,
  callCost,
  wholeLoop,
  largeStore,
  httpCost,
  httpRequests,
  httpStreams,
  notify,
  channels,
  page,
];

const HELP = `Usage: npm run bench -- [options]

  --only NAME   make only this measurement; may be given several times
  --quick       fewer repetitions and shorter waits: for a first look
  --json        print JSON instead of a table
  --help        show this help

Measurements:
${MEASUREMENTS.map(({ name, title }) => `  ${name.padEnd(16)}${title}`).join('\n')}`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const about = machine();
  const say = (text: readonly string[]) => options.json || console.log(text.join('\n'));
  const interrupted = new AbortController();
  // The second time it ends at once, as any program does.
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));

  say(head(about));
  const measurements: Measured[] = [];
  for (const measurement of options.measurements) {
    if (interrupted.signal.aborted) break;
    const measured = await make(measurement, options.quick, interrupted.signal);
    measurements.push(measured);
    say(lines(measured));
  }
  const report: Report = { machine: about, quick: options.quick, measurements };
  if (options.json) console.log(asJson(report));
  return interrupted.signal.aborted || measurements.some(({ error }) => error !== null) ? 1 : 0;
}

async function make(measurement: Measurement, quick: boolean, signal: AbortSignal): Promise<Measured> {
  const { name, title, about } = measurement;
  const from = performance.now();
  const outcome = await onStage(signal, (stage) => measurement.measure({ stage, quick })).then(
    (findings) => ({ ...findings, error: null }),
    (error: unknown) => ({ rows: [], notes: [], error: error instanceof Error ? error.message : `${error}` }),
  );
  return { name, title, about, seconds: (performance.now() - from) / 1000, ...outcome };
}

/** What was asked for, or what is wrong with it. */
function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const names = MEASUREMENTS.map(({ name }) => name);
    const unknown = values.only?.find((name) => !names.includes(name));
    if (unknown !== undefined) return `There is no measurement '${unknown}'; there are: ${names.join(', ')}`;
    const measurements = MEASUREMENTS.filter(({ name }) => values.only?.includes(name) ?? true);
    return { ...values, measurements };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${HELP}`;
  }
}
