/**
 * Connects Claude Desktop and Claude Code with us, and undoes it. Its promise: everything is planned and can be shown
 * before anything is written; files of others keep every byte but our entry; a file it does not fully understand is
 * refused and not changed; setting up twice changes nothing more; removing restores what was there before.
 */

import type { Environment } from '../environment.ts';
import type { RunProgram } from '../machine/program.ts';
import type { Side, ToolsetName } from '../project/toolset.ts';
import { ok, type Result } from '../result.ts';
import { type FilePlan, isChange } from './change.ts';
import { type CodePlan, callClaude, planCode, planCodeRemoval } from './code.ts';
import {
  duplicateWarnings,
  lossWarnings,
  planDesktop,
  planDesktopRemoval,
  planPartRemoval,
  replacedWarning,
  sharedNames,
} from './desktop.ts';
import { type FileRecord, readFormerEntries, readRecords, writeFormerEntry } from './ledger.ts';
import { type CommandPlan, planRelayCommand, planRelayCommandRemoval } from './relay-command.ts';
import { type ServerStart, serverStart, throughWsl } from './server-start.ts';
import { type McpServers, type SharedEntry, sharingOf } from './share.ts';
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
  /** The toolsets asked for; those that are there are kept. */
  readonly toolsets?: readonly ToolsetName[] | undefined;
  /** Names of `servers` that Claude Desktop is to have; those that it has by an earlier call are kept up to date. */
  readonly share?: readonly string[] | undefined;
  /** `mcp_servers` of the configuration. */
  readonly servers?: McpServers | undefined;
  readonly folders: Folders;
}

/** Plans what to change. A refusal names the file that stays as it is. Throws ConfigError. */
export async function planSetup(wanted: SetupOptions, context: SetupContext): Promise<Result<SetupPlan>> {
  const records = await readRecords(context.stateDir);
  const recordOf = (owner: string, path?: string) =>
    records.find((record) => record.owner === owner && (path === undefined || record.path === path));
  const { desktop, toolsets = [] } = wanted;
  const startInDesktop = (side: Side) => desktopStart(wanted, context, side);
  const start = startInDesktop('desktop');
  const shared = sharedBy(wanted, desktop === null ? undefined : recordOf('desktop', desktop));
  if (!shared.ok) return shared;
  const extras = { toolsets, shared: shared.value.entries };
  const files = await all([
    () => planWorkspaces(context.stateDir, wanted.folders, recordOf('bridge')),
    ...(desktop === null
      ? []
      : [() => planDesktop(desktop, startInDesktop, extras, recordOf('desktop', desktop))]),
  ]);
  if (!files.ok) return files;
  const command = wanted.code
    ? await planRelayCommand(context, toolsets.includes('relay'), (path) => recordOf('command', path))
    : NO_COMMAND;
  const code = wanted.code
    ? planCode(
        (side) => serverStart(side, wanted.selfCommand, context.stateDir),
        toolsets,
        context,
        await readFormerEntries(context.stateDir),
      )
    : null;
  const warnings = files.value
    .filter(({ file }) => file.path === desktop)
    .flatMap((change) => [...lossWarnings(change, start), ...duplicateWarnings(change, start)]);
  for (const { name, replaces } of code?.servers ?? [])
    if (replaces) warnings.push(replacedWarning('Claude Code', name));
  return ok({
    files: [...files.value, ...command.files],
    code,
    warnings: [...warnings, ...command.warnings, ...shared.value.warnings],
  });
}

/** The servers that are asked for, and those that an earlier call has shared and the configuration still has. */
function sharedBy(
  { share = [], servers = {}, distribution }: SetupOptions,
  former: FileRecord | undefined,
): Result<{ readonly entries: readonly SharedEntry[]; readonly warnings: readonly string[] }> {
  const entries: SharedEntry[] = [];
  const warnings: string[] = [];
  for (const name of new Set([...share, ...sharedNames(former)])) {
    const isAskedFor = share.includes(name);
    const sharing = sharingOf(name, servers);
    if (!sharing.ok && isAskedFor) return sharing;
    if (!sharing.ok) continue;
    const { command, args = [], env = {} } = sharing.value.entry;
    const entry =
      distribution === undefined ? sharing.value.entry : throughWsl({ command, args, env }, distribution);
    entries.push({ name, entry, isAskedFor });
    if (isAskedFor) warnings.push(...sharing.value.warnings);
  }
  return ok({ entries, warnings });
}

/** The command for Claude Desktop. */
export function desktopStart(
  { selfCommand, distribution }: Pick<SetupOptions, 'selfCommand' | 'distribution'>,
  { stateDir }: Pick<SetupContext, 'stateDir'>,
  side: Side = 'desktop',
): ServerStart {
  const start = serverStart(side, selfCommand, stateDir, 'desktop');
  return distribution === undefined ? start : throughWsl(start, distribution);
}

export interface RemovalOptions {
  /** Files of Claude Desktop that may hold our entry, besides those in the ledger; null skips Claude Desktop. */
  readonly desktop: readonly string[] | null;
  readonly code: boolean;
  /** These alone, and those of `share`; all that setup did when there is none. */
  readonly toolsets?: readonly ToolsetName[] | undefined;
  /** Names of servers that Claude Desktop is to have no more. */
  readonly share?: readonly string[] | undefined;
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
  const { toolsets = [], share: shared = [] } = unwanted;
  const isPart = toolsets.length + shared.length > 0;
  const undo = (path: string) =>
    isPart
      ? planPartRemoval(path, { toolsets, shared }, recordOf(path))
      : planDesktopRemoval(path, recordOf(path));
  const files = await all([
    ...(isPart ? [] : ours.map((record) => () => planWorkspacesRemoval(record))),
    ...(unwanted.desktop === null ? [] : [...paths].map((path) => () => undo(path))),
  ]);
  if (!files.ok) return files;
  const takesCommand = unwanted.code && (!isPart || toolsets.includes('relay'));
  const command = takesCommand
    ? await planRelayCommandRemoval(context, (path) =>
        records.find((record) => record.owner === 'command' && record.path === path),
      )
    : NO_COMMAND;
  const former = await readFormerEntries(context.stateDir);
  const code = unwanted.code ? planCodeRemoval(context, former, isPart ? toolsets : undefined) : null;
  return ok({ files: [...files.value, ...command.files], code, warnings: command.warnings });
}

const NO_COMMAND: CommandPlan = { files: [], warnings: [] };

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
  for (const { name, before } of code.servers)
    if (before !== undefined) await writeFormerEntry(stateDir, name, before);
  const failure = code.calls.length === 0 ? null : await callClaude(code, { run, env });
  for (const { name, before } of code.servers)
    if (before === undefined && failure === null) await writeFormerEntry(stateDir, name, undefined);
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
