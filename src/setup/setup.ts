/**
 * Connecting Claude Desktop and Claude Code with us, and undoing it. This room promises that files of others stay as
 * they are but for our entry, to the byte; that a file it does not fully understand is refused and not touched; that
 * everything is thought out and can be shown before anything is written; that doing it twice is doing it once; and that
 * undoing it gives back what was there before.
 */

import { CODE_SERVER } from '../claude/command-line.ts';
import type { Environment } from '../environment.ts';
import type { RunProgram } from '../machine/program.ts';
import { type FileChange, isChange } from './change.ts';
import { type CodePlan, carryOutCode, planCode, planCodeRemoval } from './code.ts';
import { losses, planDesktop, planDesktopRemoval, replacedWords, twins } from './desktop.ts';
import { keepCodeBefore, readCodeBefore, readRecords } from './ledger.ts';
import type { Planned } from './plan-file.ts';
import { type ServerStart, serverStart, throughWsl } from './server-start.ts';
import { type Folders, planWorkspaces, planWorkspacesRemoval } from './workspaces.ts';
import { carryOut } from './write.ts';

/** Where all this takes place. */
export interface Scene {
  readonly env: Environment;
  /** The state folder. */
  readonly state: string;
  /** The person's home folder. */
  readonly home: string;
  /** The program that is configured as Claude Code. */
  readonly claude?: string | undefined;
}

export interface SetupPlan {
  readonly files: readonly FileChange[];
  /** Null: Claude Code is left out. */
  readonly code: CodePlan | null;
  readonly warnings: readonly string[];
}

export interface Wanted {
  /** The program and arguments that start this command line, also later. */
  readonly entry: readonly string[];
  /** Claude Desktop's file; null leaves it out. */
  readonly desktop: string | null;
  /** The distribution of WSL through which Claude Desktop, on Windows, starts us; empty for the usual one. */
  readonly distribution?: string | undefined;
  readonly code: boolean;
  readonly folders: Folders;
}

/** What there is to do. Throws ConfigError. */
export async function planSetup(wanted: Wanted, scene: Scene): Promise<Planned<SetupPlan>> {
  const records = await readRecords(scene.state);
  const recordOf = (owner: string, path?: string) =>
    records.find((record) => record.owner === owner && (path === undefined || record.path === path));
  const start = desktopStart(wanted, scene);
  const { desktop } = wanted;
  const files = await all([
    () => planWorkspaces(scene.state, wanted.folders, recordOf('bridge')),
    ...(desktop === null ? [] : [() => planDesktop(desktop, start, recordOf('desktop', desktop))]),
  ]);
  if (!files.ok) return files;
  const code = wanted.code
    ? planCode(serverStart('code', wanted.entry, scene.state), scene, await readCodeBefore(scene.state))
    : null;
  const warnings = files.value
    .filter(({ file }) => file.path === desktop)
    .flatMap((change) => [...losses(change, start), ...twins(change, start)]);
  if (code?.replaces) warnings.push(replacedWords('Claude Code', CODE_SERVER));
  return { ok: true, value: { files: files.value, code, warnings } };
}

/** What Claude Desktop is to start. */
export function desktopStart(
  { entry, distribution }: Pick<Wanted, 'entry' | 'distribution'>,
  { state }: Pick<Scene, 'state'>,
): ServerStart {
  const start = serverStart('desktop', entry, state);
  return distribution === undefined ? start : throughWsl(start, distribution);
}

export interface Unwanted {
  /** Where our entry may be in a file of Claude Desktop, beside those that are recorded; null leaves it out. */
  readonly desktop: readonly string[] | null;
  readonly code: boolean;
}

/** What there is to undo. */
export async function planRemoval(unwanted: Unwanted, scene: Scene): Promise<Planned<SetupPlan>> {
  const records = await readRecords(scene.state);
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
  const code = unwanted.code ? planCodeRemoval(scene, await readCodeBefore(scene.state)) : null;
  return { ok: true, value: { files: files.value, code, warnings: [] } };
}

/** Whether the plan would change anything. */
export function isAnything({ files, code }: SetupPlan): boolean {
  return files.some(isChange) || (code?.calls.length ?? 0) > 0;
}

export interface Done {
  /** The first file that could not be written, and why; nothing after it was done. */
  readonly failure: string | null;
  /** Why Claude Code could not be told; what it was to be told is in the plan. */
  readonly codeFailure: string | null;
}

/** Does all of it. That Claude Code could not be told is no reason to leave out the rest. */
export async function carryOutPlan({ files, code }: SetupPlan, scene: Scene, run: RunProgram): Promise<Done> {
  for (const change of files) {
    const problem = await carryOut(change, scene.state);
    if (problem !== null) return { failure: `${change.file.path}: ${problem}`, codeFailure: null };
  }
  return { failure: null, codeFailure: code && (await tellCode(code, scene, run)) };
}

/** What is to be given back is remembered before it goes, and forgotten after it is back. */
async function tellCode(code: CodePlan, { state, env }: Scene, run: RunProgram): Promise<string | null> {
  if (code.before !== undefined) await keepCodeBefore(state, code.before);
  const failure = code.calls.length === 0 ? null : await carryOutCode(code, { run, env });
  if (code.before === undefined && failure === null) await keepCodeBefore(state, undefined);
  return failure;
}

/** All of them, or the first problem. */
async function all<T>(steps: readonly (() => Promise<Planned<T>>)[]): Promise<Planned<T[]>> {
  const values: T[] = [];
  for (const step of steps) {
    const planned = await step();
    if (!planned.ok) return planned;
    values.push(planned.value);
  }
  return { ok: true, value: values };
}
