import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { isLoopback } from '../../config-http.ts';
import { configOf } from '../../control/host.ts';
import { messageOf } from '../../error-message.ts';
import { ROLES, type Role } from '../../project/credential.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { type Cli, fail } from '../context.ts';
import { path } from '../terminal/arguments.ts';
import { examples, UsageError } from '../terminal/usage.ts';
import { localTarget, remoteTarget, type Target } from '../tui/remote/target.ts';

interface Options {
  role?: Role;
  url?: string;
  tokenFile?: string;
  ca?: string;
}

/** On a command line everybody on the machine would read it. */
const TOKEN_VARIABLE = 'BRIDGE_API_TOKEN';

export function tuiCommand(cli: Cli): Command {
  return new Command('tui')
    .addOption(
      new Option('--role <role>', 'what this terminal may do; admin unless said')
        .choices(ROLES)
        .conflicts('url'),
    )
    .option('--url <url>', 'a supervisor elsewhere, such as https://box.example')
    .option('--token-file <file>', `with --url: the file that holds the token; else ${TOKEN_VARIABLE}`, path)
    .option('--ca <file>', 'with --url: the certificate to trust, of it or of who signed it, in PEM', path)
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor tui',
        'bridge-supervisor tui --role read',
        'bridge-supervisor tui --url https://box.example --token-file ~/.bridge-token',
        'bridge-supervisor tui --url https://box.lan:7823 --token-file ~/.bridge-token --ca box.crt',
      ),
    )
    .action((options: Options) => tui(cli, options));
}

const ABOUT = `
It reads the HTTP API, as the page does. Here it makes itself a token, which is
taken back when it ends; elsewhere it needs one: bridge-supervisor token add.
Whose certificate is trusted there says the system, and NODE_EXTRA_CA_CERTS;
--ca trusts the one in the file, and no other.
Keys: j k Enter Esc move, a approves, r rejects, s writes, ? lists all, q quits.
Nothing is decided by one key. NO_COLOR=1 shows no colours.`;

async function tui(cli: Cli, options: Options): Promise<void> {
  const target = targetOf(cli, options);
  const refusal = whyNoScreen(cli);
  if (refusal) return fail(cli, ...refusal);
  if (!options.url && !configOf(cli).http.enabled)
    return fail(
      cli,
      'the HTTP API is off, and the terminal UI reads it',
      'Set {"http": {"enabled": true}} in config.json, then: bridge-supervisor restart',
    );
  const { runTui } = await import('../tui/run-tui.tsx');
  await runTui(cli, target);
}

function whyNoScreen({ env }: Cli): [what: string, next: string] | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    return [
      'the terminal UI needs a terminal for its input and its output',
      'For programs and pipes: bridge-supervisor status --json, or watch --json',
    ];
  if (env.TERM === 'dumb')
    return [
      'this terminal can draw no screen (TERM=dumb)',
      'Line by line: bridge-supervisor status, show, evidence and watch',
    ];
  return undefined;
}

function targetOf(cli: Cli, { url, role = 'admin', tokenFile, ca }: Options): Target {
  if (url === undefined) {
    const lone = tokenFile === undefined ? (ca === undefined ? undefined : '--ca') : '--token-file';
    if (lone === undefined) return localTarget(cli, role);
    throw new UsageError(`'${lone}' goes with '--url'. See: bridge-supervisor tui --help`);
  }
  const base = originOf(url);
  if (ca !== undefined && base.startsWith('http:'))
    throw new UsageError(
      `'--ca' is for https, and ${base} has no certificate. See: bridge-supervisor tui --help`,
    );
  const token = cli.env[TOKEN_VARIABLE];
  if (tokenFile === undefined && !token)
    throw new UsageError(
      `--url needs a token, in a file (option '--token-file') or in ${TOKEN_VARIABLE}. Make one on the machine there: bridge-supervisor token add NAME --role decide`,
    );
  if (base.startsWith('http:') && !isHere(base))
    cli.out.hint(`Whoever is on the way to ${base} can read the token: it is not https.`);
  const tokenNow = async () => (tokenFile === undefined ? ok(token ?? '') : readToken(tokenFile));
  return remoteTarget(base, tokenNow, ca);
}

function originOf(text: string): string {
  const url = URL.parse(text);
  const isAddress = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (isAddress) return url.origin;
  throw new UsageError(
    '--url must be an http or https address without user and password, such as https://box.example. See: bridge-supervisor tui --help',
  );
}

function isHere(base: string): boolean {
  const { hostname } = new URL(base);
  return hostname === 'localhost' || isLoopback(hostname.replaceAll(/[[\]]/g, ''));
}

const MAX_TOKEN_CHARACTERS = 1_000;

async function readToken(file: string): Promise<Result<string>> {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    if (/^[\x21-\x7e]+$/.test(token) && token.length <= MAX_TOKEN_CHARACTERS) return ok(token);
    return refuse(`${file} holds no token: it is one word, as token add prints it.`);
  } catch (error) {
    return refuse(`The token cannot be read: ${messageOf(error)}`);
  }
}
