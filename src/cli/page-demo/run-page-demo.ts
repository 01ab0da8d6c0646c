/**
 * The page on work that a scripted model does: everything is real but the model, and goes on as the person decides. Its
 * promise is that of the demo: it leaves neither a process nor a folder, however it ends.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { makeSignInCode } from '../../bridge/sign-in.ts';
import { httpSettings } from '../../config-http.ts';
import { apiBase, whyUnreachable } from '../../control/api-address.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Role } from '../../project/credential.ts';
import type { Sandbox } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import type { Cli } from '../context.ts';
import { explainFailure, inSandbox, stopSandbox } from '../demo/in-sandbox.ts';
import { pageModel } from './model.ts';
import { prepareMorning } from './morning.ts';
import { PARTS } from './plans.ts';
import { CONFIG, FILES, SETTINGS, WORKSPACE } from './shop.ts';

export interface PageDemoOptions {
  readonly role: Role;
  /** Hands the link to the person. */
  readonly show: (link: PageLink) => Promise<void>;
  /** Print nothing but the link. */
  readonly quiet: boolean;
}

export interface PageLink {
  readonly url: string;
  readonly expiresAt: string;
  /** Of the demo. */
  readonly stateDir: string;
}

/** Long enough to read first. */
export const DEMO_LINK_MINUTES = 10;

/** Resolves with the exit code after ctrl-c, or when something of the demo fails. */
export async function runPageDemo(cli: Cli, options: PageDemoOptions): Promise<number> {
  const http = httpSettings.parse({ port: await freePort() });
  const sandboxOptions = {
    workspace: { name: WORKSPACE, files: FILES, settings: SETTINGS },
    config: { ...CONFIG, http: { port: http.port } },
    login: 'subscription',
    keep: false,
  } as const;
  return inSandbox(cli, sandboxOptions, async (sandbox, interrupted) => {
    const failed = new AbortController();
    const signal = AbortSignal.any([interrupted, failed.signal]);
    try {
      await sandbox.startModel(pageModel(sandbox.bridge, PARTS));
      await sandbox.startSupervisor(({ code, signal: by }, lastWords) =>
        failed.abort(
          new SelftestError(
            `the supervisor ended with ${by ?? `exit code ${code}`}${lastWords && `: ${lastWords}`}`,
          ),
        ),
      );
      await listens(sandbox, http, signal);
      const lifetimeMs = DEMO_LINK_MINUTES * 60_000;
      const terms = { name: 'browser', role: options.role, lifetimeMs };
      const { code, expiresAt } = await makeSignInCode(sandbox.bridge, terms);
      const url = `${apiBase(http, 'here')}/#signin=${code}`;
      await options.show({ url, expiresAt, stateDir: sandbox.stateDir });
      const onStep = (title: string, what: string) => options.quiet || cli.out.line(`  “${title}” ${what}.`);
      await prepareMorning({ sandbox, onStep, signal });
      if (!options.quiet) for (const line of invitation(sandbox)) cli.out.line(line);
      await aborted(signal);
      throw signal.reason;
    } catch (error) {
      if (interrupted.aborted) {
        cli.out.hint('Ending what was started …');
        return (await stopSandbox(cli, sandbox)) > 0 ? 1 : EXIT.interrupted;
      }
      // The cause of an aborted wait says more than the abort.
      const cause: unknown = failed.signal.aborted ? failed.signal.reason : error;
      if (!(cause instanceof SelftestError)) throw cause;
      await stopSandbox(cli, sandbox);
      await explainFailure(cli, sandbox, cause.message, '');
      return 1;
    }
  });
}

function invitation({ stateDir }: Sandbox): string[] {
  return [
    '',
    'Approve, reject, answer, send a plan: the model goes on. The terminal sees the',
    'same work:',
    '',
    `  BRIDGE_HOME=${stateDir} bridge-supervisor status`,
    '',
    'Ctrl-c ends it and removes everything.',
  ];
}

/** The port of the configuration is for the person's own supervisor. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Waits until somebody can sign in. Throws SelftestError when it takes too long. */
async function listens(
  { bridge }: Sandbox,
  http: Parameters<typeof whyUnreachable>[1],
  signal: AbortSignal,
): Promise<void> {
  const { clock } = bridge;
  for (const from = clock.monotonic(); ; ) {
    signal.throwIfAborted();
    const trouble = await whyUnreachable(bridge, http);
    if (!trouble) return;
    if (clock.monotonic() - from > START_TIMEOUT_MS) throw new SelftestError(trouble.what);
    await clock.sleep(LOOK_MS, signal);
  }
}

const START_TIMEOUT_MS = 30_000;
const LOOK_MS = 100;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
