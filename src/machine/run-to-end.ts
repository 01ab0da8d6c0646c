/**
 * Runs a command that was started to its end, its timeout or an abort, and ends whatever is left of it: its process group,
 * what was below it, and whatever carries its mark.
 */
import type { Clock } from '../clock.ts';
import type { Exit } from './child.ts';
import { Lineage } from './lineage.ts';
import { readToNow } from './read-to-now.ts';
import type { PipedChild } from './shell.ts';
import { type EnvironmentMark, type Leftover, sweep } from './sweep.ts';

/** Whose processes they are, and who may end them. */
export interface OwnedProcesses {
  /** Every process of it carries this; by it somebody later finds what a killed one has left. */
  readonly mark: EnvironmentMark;
  /** The name of a control group for it alone, where the system has such groups. */
  readonly controlGroup?: string;
  readonly clock: Clock;
  /** Called before processes are ended. What it throws is rethrown. */
  readonly permit?: () => Promise<void>;
}

export interface RunLimits extends OwnedProcesses {
  readonly timeoutMs: number;
  /** Ends it, as the timeout does. */
  readonly signal: AbortSignal;
}

export interface RunEnd {
  /** Of the command itself; nothing is known of one that cannot be ended. */
  readonly exit: Exit;
  readonly timedOut: boolean;
  /** What could not be ended. */
  readonly leftovers: readonly Leftover[];
}

/** How long SIGTERM may take. */
export const TERM_GRACE_MS = 2_000;
/** How long its output may stay open, and its end unknown, once everything of it has ended. */
const HANG_UP_MS = 1_000;
const LOOK_MS = 250;
/** In which an exit that has happened is heard of. */
const HEARD_MS = 100;

/**
 * Lets it begin. Throws what `permit` throws.
 *
 * @param taken Resolves when its output has been read to its end.
 */
export async function runToEnd(
  child: PipedChild,
  taken: Promise<unknown>,
  limits: RunLimits,
): Promise<RunEnd> {
  const { clock } = limits;
  child.begin();
  const lineage = new Lineage(child.identity, clock);
  const timedOut = await isLate(child, lineage, limits);
  const processTree = [...(await child.processTree()), ...lineage.known];
  const { identity: root } = child;
  const leftovers = await sweep({
    ...limits,
    root,
    isMarkOfRoot: true,
    processTree,
    graceMs: TERM_GRACE_MS,
  });
  await soon(taken, undefined, clock);
  await readToNow(child.output);
  child.hangUp();
  await taken;
  const exit = await soon(child.exited, { code: null, signal: null }, clock);
  return { exit, timedOut, leftovers };
}

/** Waits for its exit, its timeout or `signal`. True for the timeout. */
async function isLate(
  child: PipedChild,
  lineage: Lineage,
  { clock, signal, timeoutMs }: RunLimits,
): Promise<boolean> {
  const ended = new AbortController();
  void child.exited.then(() => ended.abort());
  const over = AbortSignal.any([ended.signal, signal]);
  const endAt = clock.monotonic() + timeoutMs;
  while (!over.aborted && clock.monotonic() < endAt) {
    // A failed look is repeated by the next one.
    await lineage.look().catch(() => undefined);
    await clock.sleep(Math.min(LOOK_MS, endAt - clock.monotonic()), over);
  }
  // We may have been frozen past its timeout: an exit in that time is heard of after the timer.
  if (!over.aborted) await clock.sleep(HEARD_MS, over);
  return !over.aborted;
}

async function soon<T, U>(awaited: Promise<T>, otherwise: U, clock: Clock): Promise<T | U> {
  const found = new AbortController();
  const late = clock.sleep(HANG_UP_MS, found.signal).then(() => otherwise);
  const value = await Promise.race([awaited, late]);
  found.abort();
  return value;
}
