/** Keeps the machine awake, and never longer than we live. */

import { execa } from 'execa';
import type { Clock } from '../clock.ts';
import { type Inhibitor, inhibitorsOf } from './inhibitors.ts';
import { isWindows, platform } from './platform.ts';
import { lastLineOf } from './program-output.ts';

interface InhibitOptions {
  /** The whole environment of the inhibitor; nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Abort it to let the machine sleep again. */
  readonly signal: AbortSignal;
}

/**
 * Keeps the machine awake until `signal` aborts. Resolves when nothing keeps it awake any more: with undefined after an
 * abort, otherwise with the reason. Never throws.
 */
export async function inhibitSleep(
  options: InhibitOptions,
  inhibitors: readonly Inhibitor[] = inhibitorsOf(platform, process.pid),
): Promise<string | undefined> {
  let failure = 'no way is known on this system';
  for (const each of inhibitors) {
    if (options.signal.aborted) return undefined;
    failure = await hold(each, options);
  }
  return options.signal.aborted ? undefined : failure;
}

/** How long an inhibitor may take to end. */
const GRACE_MS = 2_000;

/** Runs one program until it ends; returns why it ended. */
async function hold(inhibitor: Inhibitor, { env, clock, signal }: InhibitOptions): Promise<string> {
  const helper = execa(inhibitor.command, inhibitor.args, {
    env: { ...env },
    extendEnv: false,
    // Never written to: the end of its input is the message, and our death sends it too.
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
    // Ctrl-c reaches the whole process group; the runs that then end still need the machine.
    detached: !isWindows,
    windowsHide: true,
    cleanup: false,
    reject: false,
  });
  helper.stdin.on('error', () => helper.stdin.destroy());
  const ended = new AbortController();
  const release = async (): Promise<void> => {
    helper.stdin.end();
    if (inhibitor.endsBy === 'signal') helper.kill('SIGTERM');
    await clock.sleep(GRACE_MS, ended.signal);
    if (ended.signal.aborted) return;
    helper.kill('SIGKILL');
    helper.stderr.destroy();
  };
  let released: Promise<void> | undefined;
  const onAbort = (): void => {
    released = release();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const { code, exitCode, signal: endedBy, stderr } = await helper;
  ended.abort();
  signal.removeEventListener('abort', onAbort);
  await released;
  if (code === 'ENOENT') return `there is no ${inhibitor.command} here`;
  return `${inhibitor.command}: ${lastLineOf(stderr) || `ended with ${exitCode ?? endedBy ?? code}`}`;
}
