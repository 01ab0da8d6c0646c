/**
 * Runs a command of the owner: a check, or what prepares a folder. It may run whatever Claude wrote, so it gets no input,
 * its output is bounded, and everything it starts is ended with it.
 */
import { realpath } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import {
  enterControlGroup,
  makeControlGroup,
  pidsInControlGroup,
  removeControlGroup,
} from '../machine/control-group.ts';
import { identify } from '../machine/identity.ts';
import { Lineage } from '../machine/lineage.ts';
import { readToNow } from '../machine/read-to-now.ts';
import { type ShellChild, spawnShell } from '../machine/shell.ts';
import { findStrays } from '../machine/strays.ts';
import { type EnvironmentMark, findMarked, type Leftover, sweep } from '../machine/sweep.ts';
import type { CheckResult } from '../project/evidence.ts';
import { OutputFile } from './output-file.ts';

export interface OwnersCommand {
  readonly name: string;
  /** For the system's shell. */
  readonly run: string;
  readonly timeoutMs: number;
}

/** Whose processes they are, and who may end them. */
export interface CommandScope {
  /** Every process of it carries this; by it a later supervisor finds what a killed one has left. */
  readonly mark: EnvironmentMark;
  /** The name of a control group for it alone, where the system has such groups. */
  readonly controlGroup: string;
  readonly clock: Clock;
  /** Called before processes are ended. What it throws is rethrown. */
  readonly permit?: () => Promise<void>;
}

export interface CommandOptions extends CommandScope {
  readonly cwd: string;
  /** The whole environment; only the mark is added. */
  readonly env: Environment;
  /** The sandbox that it runs in: a program with arguments; undefined: none. */
  readonly within?: readonly string[] | undefined;
  /** Replaced when it is there. */
  readonly outputFile: string;
  readonly signal: AbortSignal;
}

/** How it went; which files it changed, somebody else must find out. */
export type CommandResult = Omit<CheckResult, 'changedFiles'>;

/**
 * Runs it to its end, its timeout or `signal`, and ends whatever is left of it. Undefined when `signal` aborted: nothing
 * is known then. Throws what `permit` throws, and the system's error when the output file cannot be made.
 */
export async function runCommand(
  { name, run, timeoutMs }: OwnersCommand,
  options: CommandOptions,
): Promise<CommandResult | undefined> {
  const { clock, controlGroup, cwd, env, mark, outputFile, signal, within = [] } = options;
  const output = await OutputFile.create(outputFile);
  const startedAt = clock.monotonic();
  const group = await makeControlGroup(controlGroup);
  try {
    const child = await spawnShell(run, { cwd, env: { ...env, [mark.name]: mark.value }, within });
    const facts = { name, run, outputFile, durationMs: 0 };
    if (child.kind === 'spawn-failed') return { ...facts, ...NEVER_RUN, failure: child.message };
    const taken = output.take(child.output);
    // What the command starts begins in the group.
    if (group !== undefined) await enterControlGroup(group, child.identity.pid);
    child.begin();
    const lineage = new Lineage(child.identity, clock);
    const timedOut = await isLate(child, lineage, timeoutMs, options);
    const leftovers = await endAll(child, lineage, options);
    await soon(taken, undefined, clock);
    await readToNow(child.output);
    child.hangUp();
    await taken;
    if (signal.aborted) return undefined;
    const exit = await soon(child.exited, { code: null, signal: null }, clock);
    return {
      ...facts,
      exitCode: timedOut ? null : exit.code,
      signal: exit.signal,
      timedOut,
      failure: null,
      durationMs: Math.round(clock.monotonic() - startedAt),
      outputTail: output.tail(),
      outputBytes: output.bytes,
      leftovers,
    };
  } finally {
    await output.close();
    await removeControlGroup(controlGroup);
  }
}

/** Ends what a killed supervisor has left of a command, and returns what could not be ended. */
export async function endLeftCommand(scope: CommandScope): Promise<Leftover[]> {
  const { mark, controlGroup } = scope;
  const marked = await findMarked(mark.name, mark.value);
  const grouped = await Promise.all((await pidsInControlGroup(controlGroup)).map(identify));
  const [root, ...others] = [...marked, ...grouped.filter((one) => one !== undefined)];
  const left =
    root === undefined ? [] : await sweep({ ...scope, root, processTree: others, graceMs: TERM_GRACE_MS });
  await removeControlGroup(controlGroup);
  return left;
}

const NEVER_RUN = {
  exitCode: null,
  signal: null,
  timedOut: false,
  outputTail: '',
  outputBytes: 0,
  leftovers: [],
} as const;

/** How long SIGTERM may take. */
const TERM_GRACE_MS = 2_000;
/** How long its output may stay open, and its end unknown, once everything of it has ended. */
const HANG_UP_MS = 1_000;
const LOOK_MS = 250;
/** In which an exit that has happened is heard of. */
const HEARD_MS = 100;

/** Waits for its exit, its timeout or `signal`. True for the timeout. */
async function isLate(
  child: ShellChild,
  lineage: Lineage,
  timeoutMs: number,
  { clock, signal }: CommandOptions,
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

/** Ends it and everything that it left. Returns what could not be ended, or is not proved to be its own. */
async function endAll(child: ShellChild, lineage: Lineage, options: CommandOptions): Promise<Leftover[]> {
  const { identity: root } = child;
  const processTree = [...(await child.processTree()), ...lineage.known];
  const left = await sweep({ ...options, root, isMarkOfRoot: true, processTree, graceMs: TERM_GRACE_MS });
  const strays = await findStrays(root, await realpath(options.cwd), { inFolderOnly: true });
  return [...left, ...strays.map(({ pid, name }) => ({ pid, name }))];
}

async function soon<T, U>(awaited: Promise<T>, otherwise: U, clock: Clock): Promise<T | U> {
  const found = new AbortController();
  const late = clock.sleep(HANG_UP_MS, found.signal).then(() => otherwise);
  const value = await Promise.race([awaited, late]);
  found.abort();
  return value;
}
