/**
 * Runs a command of the owner: a check, or what prepares a folder. It may run whatever Claude wrote, so it gets no input,
 * its output is bounded, and everything it starts is ended with it.
 */
import { realpath } from 'node:fs/promises';
import type { Environment } from '../environment.ts';
import {
  enterControlGroup,
  makeControlGroup,
  pidsInControlGroup,
  removeControlGroup,
} from '../machine/control-group.ts';
import { identify } from '../machine/identity.ts';
import { type OwnedProcesses, runToEnd, TERM_GRACE_MS } from '../machine/run-to-end.ts';
import { spawnShell } from '../machine/shell.ts';
import { findStrays } from '../machine/strays.ts';
import { findMarked, type Leftover, sweep } from '../machine/sweep.ts';
import type { CheckResult } from '../project/evidence.ts';
import { OutputFile } from './output-file.ts';

export interface OwnersCommand {
  readonly name: string;
  /** For the system's shell. */
  readonly run: string;
  readonly timeoutMs: number;
}

/** Whose processes they are, and who may end them. */
export interface CommandScope extends OwnedProcesses {
  readonly controlGroup: string;
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
    const { exit, timedOut, leftovers } = await runToEnd(child, taken, { ...options, timeoutMs });
    const strays = await findStrays(child.identity, await realpath(cwd), { inFolderOnly: true });
    if (signal.aborted) return undefined;
    return {
      ...facts,
      exitCode: timedOut ? null : exit.code,
      signal: exit.signal,
      timedOut,
      failure: null,
      durationMs: Math.round(clock.monotonic() - startedAt),
      outputTail: output.tail(),
      outputBytes: output.bytes,
      leftovers: [...leftovers, ...strays.map(({ pid, name }) => ({ pid, name }))],
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
