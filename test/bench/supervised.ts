/** The program as a user runs it: a state folder, the built command line, and a connection of the bench's own. */

import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Bridge, openBridge } from '../../src/bridge/bridge.ts';
import { changesSince, currentCursor } from '../../src/bridge/changes.ts';
import { currentLease } from '../../src/bridge/lease.ts';
import { systemClock } from '../../src/clock.ts';
import type { Stage } from './stage.ts';

export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Supervised {
  readonly home: string;
  readonly bridge: Bridge;
  readonly pid: number;
  /** Resolves when `look` finds something, which it does anew whenever the store has changed. */
  until<T>(what: string, look: () => Promise<T | undefined>): Promise<T>;
}

export interface SupervisedOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** The program to start as `claude`. */
  readonly claude: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Its state folder, where a stage has several supervisors. */
  readonly name?: string;
  /** Works on the store before the supervisor is started. */
  prepare?(bridge: Bridge): Promise<void>;
}

/** Starts a supervisor on a new state folder and resolves when it holds its lease. */
export async function startSupervised(stage: Stage, options: SupervisedOptions): Promise<Supervised> {
  const home = join(stage.root, options.name ?? 'state');
  await mkdir(home, { mode: 0o700 });
  await writeFile(join(home, 'config.json'), JSON.stringify({ http: { enabled: false }, ...options.config }));
  const bridge = await openBridge(home, systemClock);
  stage.closeLater(() => bridge.close());
  await options.prepare?.(bridge);
  const environment = { ...options.environment, BRIDGE_HOME: home, BRIDGE_CLAUDE: options.claude };
  const child = stage.spawn(process.execPath, [program, 'run', '--quiet'], environment, {
    cwd: stage.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors = child.stderr ? text(child.stderr) : Promise.resolve('');
  const until = <T>(what: string, look: () => Promise<T | undefined>) =>
    waitFor({ stage, bridge, child, errors }, what, look);
  await until('the supervisor to hold its lease', async () => {
    const lease = await currentLease(bridge);
    return lease?.pid === child.pid ? lease : undefined;
  });
  return { home, bridge, pid: child.pid ?? 0, until };
}

interface Waiting {
  readonly stage: Stage;
  readonly bridge: Bridge;
  readonly child: ChildProcess;
  readonly errors: Promise<string>;
}

const TIMEOUT_MS = 60_000;

async function waitFor<T>(
  { stage, bridge, child, errors }: Waiting,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = systemClock.monotonic() + TIMEOUT_MS;
  let cursor = await currentCursor(bridge);
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    stage.signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the supervisor ended while the bench waited for ${what}: ${await errors}`);
    if (systemClock.monotonic() > deadline)
      throw new Error(`waited in vain for ${what}\n${await lastLog(bridge.stateDir)}`);
    cursor = (await changesSince(bridge, cursor, { waitMs: 500, limit: 1_000, signal: stage.signal })).cursor;
  }
}

async function lastLog(home: string): Promise<string> {
  const log = await readFile(join(home, 'loop.log'), 'utf8').catch(() => '');
  return log.split('\n').slice(-15).join('\n');
}

/** Nothing of the machine's own environment but where programs are. */
export const PATH = [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
