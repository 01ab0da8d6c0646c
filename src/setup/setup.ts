/**
 * Connecting Claude Desktop and Claude Code with us, and undoing it. This room promises that files of others stay as
 * they are but for our entry, to the byte; that a file it does not fully understand is refused and not touched; that
 * everything is thought out and can be shown before anything is written; that doing it twice is doing it once; and that
 * undoing it gives back what was there before.
 */
import type { RunProgram } from '../machine/program.ts';
import { type FileChange, isChange } from './change.ts';
import { type CodePlan, carryOutCode, planCode } from './code.ts';
import { planDesktop, planDesktopRemoval, twins } from './desktop.ts';
import type { Planned } from './plan-file.ts';
import { readRecords } from './record.ts';
import { serverStart } from './server-start.ts';
import { type Folders, planWorkspaces, planWorkspacesRemoval } from './workspaces.ts';
import { carryOut } from './write.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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
  readonly code: boolean;
  readonly folders: Folders;
}

/** What there is to do. Throws ConfigError. */
export async function planSetup(wanted: Wanted, scene: Scene): Promise<Planned<SetupPlan>> {
  const records = await readRecords(scene.state);
  const recordOf = (owner: string, path?: string) =>
    records.find((record) => record.owner === owner && (path === undefined || record.path === path));
  const start = serverStart('desktop', wanted.entry, scene.state);
  const { desktop } = wanted;
  const files = await all([
    () => planWorkspaces(scene.state, wanted.folders, recordOf('bridge')),
    ...(desktop === null ? [] : [() => planDesktop(desktop, start, recordOf('desktop', desktop))]),
  ]);
  if (!files.ok) return files;
  const code = wanted.code ? planCode(serverStart('code', wanted.entry, scene.state), scene) : null;
  const warnings = files.value
    .filter(({ file }) => file.path === desktop)
    .flatMap((change) => twins(change, start));
  return { ok: true, value: { files: files.value, code, warnings } };
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
  const code = unwanted.code ? planCode(undefined, scene) : null;
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
  const codeFailure =
    code === null || code.calls.length === 0 ? null : await carryOutCode(code, { run, env: scene.env });
  return { failure: null, codeFailure };
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
