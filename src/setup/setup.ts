/**
 * Connects Claude Desktop and Claude Code with us, and undoes it. Its promise: everything is planned and can be shown
 * before anything is written; files of others keep every byte but our entry; a file it does not fully understand is
 * refused and not changed; setting up twice changes nothing more; removing restores what was there before.
 */

import { CODE_SERVER } from '../claude/command-line.ts';
import type { Environment } from '../environment.ts';
import type { RunProgram } from '../machine/program.ts';
import { ok, type Result } from '../result.ts';
import { type FilePlan, isChange } from './change.ts';
import { type CodePlan, callClaude, planCode, planCodeRemoval } from './code.ts';
import {
  duplicateWarnings,
  lossWarnings,
  planDesktop,
  planDesktopRemoval,
  replacedWarning,
} from './desktop.ts';
import { readFormerEntry, readRecords, writeFormerEntry } from './ledger.ts';
import { type ServerStart, serverStart, throughWsl } from './server-start.ts';
import { type Folders, planWorkspaces, planWorkspacesRemoval } from './workspaces.ts';
import { applyChange } from './write.ts';

export interface SetupContext {
  readonly env: Environment;
  readonly stateDir: string;
  readonly homeDir: string;
  /** The configured claude program. */
  readonly claude?: string | undefined;
}

export interface SetupPlan {
  readonly files: readonly FilePlan[];
  /** Null: Claude Code is skipped. */
  readonly code: CodePlan | null;
  readonly warnings: readonly string[];
}

export interface SetupOptions {
  /** The program and arguments that start this command line, now and later. */
  readonly selfCommand: readonly string[];
  /** Claude Desktop's file; null skips it. */
  readonly desktop: string | null;
  /** The WSL distribution through which Claude Desktop on Windows starts us; empty for the default one. */
  readonly distribution?: string | undefined;
  readonly code: boolean;
  readonly folders: Folders;
}

/** Plans what to change. A refusal names the file that stays as it is. Throws ConfigError. */
export async function planSetup(wanted: SetupOptions, context: SetupContext): Promise<Result<SetupPlan>> {
  const records = await readRecords(context.stateDir);
  const recordOf = (owner: string, path?: string) =>
    records.find((record) => record.owner === owner && (path === undefined || record.path === path));
  const start = desktopStart(wanted, context);
  const { desktop } = wanted;
  const files = await all([
    () => planWorkspaces(context.stateDir, wanted.folders, recordOf('bridge')),
    ...(desktop === null ? [] : [() => planDesktop(desktop, start, recordOf('desktop', desktop))]),
  ]);
  if (!files.ok) return files;
  const code = wanted.code
    ? planCode(
        serverStart('code', wanted.selfCommand, context.stateDir),
        context,
        await readFormerEntry(context.stateDir),
      )
    : null;
  const warnings = files.value
    .filter(({ file }) => file.path === desktop)
    .flatMap((change) => [...lossWarnings(change, start), ...duplicateWarnings(change, start)]);
  if (code?.replaces) warnings.push(replacedWarning('Claude Code', CODE_SERVER));
  return ok({ files: files.value, code, warnings });
}

/** The command for Claude Desktop. */
export function desktopStart(
  { selfCommand, distribution }: Pick<SetupOptions, 'selfCommand' | 'distribution'>,
  { stateDir }: Pick<SetupContext, 'stateDir'>,
): ServerStart {
  const start = serverStart('desktop', selfCommand, stateDir);
  return distribution === undefined ? start : throughWsl(start, distribution);
}

export interface RemovalOptions {
  /** Files of Claude Desktop that may hold our entry, besides those in the ledger; null skips Claude Desktop. */
  readonly desktop: readonly string[] | null;
  readonly code: boolean;
}

/** Plans what to undo. */
export async function planRemoval(
  unwanted: RemovalOptions,
  context: SetupContext,
): Promise<Result<SetupPlan>> {
  const records = await readRecords(context.stateDir);
  const ours = records.filter(({ owner }) => owner === 'bridge');
  const desktops = records.filter(({ owner }) => owner === 'desktop');
  const paths = new Set([...desktops.map(({ path }) => path), ...(unwanted.desktop ?? [])]);
  const recordOf = (path: string) => desktops.find((record) => record.path === path);
  const files = await all([
    ...ours.map((record) => () => planWorkspacesRemoval(record)),
    ...(unwanted.desktop === null
      ? []
      : [...paths].map((path) => () => planDesktopRemoval(path, recordOf(path)))),
  ]);
  if (!files.ok) return files;
  const code = unwanted.code ? planCodeRemoval(context, await readFormerEntry(context.stateDir)) : null;
  return ok({ files: files.value, code, warnings: [] });
}

/** Whether the plan would change anything. */
export function hasChanges({ files, code }: SetupPlan): boolean {
  return files.some(isChange) || (code?.calls.length ?? 0) > 0;
}

export interface SetupOutcome {
  /** The first file that could not be written, and why; nothing after it was changed. */
  readonly failure: string | null;
  /** Why Claude refused the calls of the plan. */
  readonly codeFailure: string | null;
}

/** Applies the plan. A failure of Claude Code does not stop the rest. */
export async function applySetup(
  { files, code }: SetupPlan,
  context: SetupContext,
  run: RunProgram,
): Promise<SetupOutcome> {
  for (const change of files) {
    const problem = await applyChange(change, context.stateDir);
    if (problem !== null) return { failure: `${change.file.path}: ${problem}`, codeFailure: null };
  }
  return { failure: null, codeFailure: code && (await applyCode(code, context, run)) };
}

/** The former entry is written to the ledger before it is replaced, and removed from it after it is restored. */
async function applyCode(
  code: CodePlan,
  { stateDir, env }: SetupContext,
  run: RunProgram,
): Promise<string | null> {
  if (code.before !== undefined) await writeFormerEntry(stateDir, code.before);
  const failure = code.calls.length === 0 ? null : await callClaude(code, { run, env });
  if (code.before === undefined && failure === null) await writeFormerEntry(stateDir, undefined);
  return failure;
}

/** All values, or the first refusal. */
async function all<T>(steps: readonly (() => Promise<Result<T>>)[]): Promise<Result<T[]>> {
  const values: T[] = [];
  for (const step of steps) {
    const planned = await step();
    if (!planned.ok) return planned;
    values.push(planned.value);
  }
  return ok(values);
}
