/**
 * Which folder a plan may use: a configured name, or a path inside an allowed root; never one where Claude could change
 * its own orders.
 */

import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { cut } from '../characters.ts';
import { absolutePath, expandHome } from '../home-path.ts';
import { liesIn } from '../machine/folder-overlap.ts';
import type { ProjectId } from '../project/ids.ts';
import { cleanLine } from '../project/text.ts';
import { namedWorkspaces, type WorkspaceEntry, workspaceOf } from '../project/workspace.ts';
import { ok, type Result, refuse } from '../result.ts';

/** The part of the configuration that says where Claude may work. */
export interface WorkspacePolicy {
  readonly workspace?: string | undefined;
  readonly workspaces: Readonly<Record<string, WorkspaceEntry>>;
  readonly workspace_roots: readonly string[];
}

/**
 * The folder for a plan that asks for `wanted` (null: the default). Refuses what is not configured, not there, not a
 * folder, or in the state folder. A project without any workspace gets a new folder of its own below the state folder.
 */
export async function chooseWorkspace(
  policy: WorkspacePolicy,
  stateDir: string,
  projectId: ProjectId,
  wanted: string | null,
): Promise<Result<string>> {
  const chosen = resolveWorkspace(policy, stateDir, projectId, wanted);
  if (!chosen.ok || chosen.value === ownWorkspace(stateDir, projectId)) return chosen;
  return (await liesIn(chosen.value, stateDir))
    ? refuse(`${inStateFolder(chosen.value, stateDir)} Choose another.`)
    : chosen;
}

/** The same by name and path alone. */
export function resolveWorkspace(
  policy: WorkspacePolicy,
  stateDir: string,
  projectId: ProjectId,
  wanted: string | null,
): Result<string> {
  if (wanted === null) {
    return policy.workspace === undefined
      ? ok(ownWorkspace(stateDir, projectId))
      : checkFolder(namedFolder(policy, policy.workspace) ?? policy.workspace);
  }
  const named = namedFolder(policy, wanted);
  if (named !== undefined) return checkFolder(named);
  const path = absolutePath(wanted);
  if (!isPath(wanted) || !allowed(policy, path)) return refuse(notAllowed(policy, wanted));
  return checkFolder(path);
}

/** The folder of a project that names none, and for which none is configured. */
export function ownWorkspace(stateDir: string, projectId: ProjectId): string {
  return join(stateDir, 'workspaces', projectId);
}

/** The folder of that name, as it is configured; undefined when none has it. */
export function namedFolder({ workspaces }: Pick<WorkspacePolicy, 'workspaces'>, name: string) {
  const entry = Object.hasOwn(workspaces, name) ? workspaces[name] : undefined;
  return entry === undefined ? undefined : absolutePath(workspaceOf(entry).path);
}

/** Whether what a plan asks for is a path, if it is no name. */
export function isPath(wanted: string): boolean {
  return isAbsolute(expandHome(wanted));
}

function allowed(policy: WorkspacePolicy, path: string): boolean {
  const real = realPath(path);
  return (
    namedPaths(policy).some((folder) => realPath(folder) === real) ||
    policy.workspace_roots.some((root) => isInside(realPath(absolutePath(root)), real))
  );
}

/** Every folder that is configured itself, as an absolute path. */
export function namedPaths({ workspace, workspaces }: WorkspacePolicy): string[] {
  // The default may be one of the names.
  const standard = workspace !== undefined && isPath(workspace) ? [workspace] : [];
  return [...namedWorkspaces(workspaces).map(({ path }) => path), ...standard].map(absolutePath);
}

/** The refusal of a folder in which Claude could rewrite what it is allowed to do. */
export function inStateFolder(workspace: string, stateDir: string): string {
  return `workspace ${workspace} is or lies in the state folder (${stateDir}), where Claude could change its own orders.`;
}

/** Whether a path is a folder or below it, by the paths alone. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Symbolic links are followed, so that a link inside a root cannot lead out of it. Where case does not count, it is
 * spelled as the system does: only `native` tells that.
 */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function checkFolder(path: string): Result<string> {
  const folder = absolutePath(path);
  try {
    if (statSync(folder).isDirectory()) return ok(realPath(folder));
    return refuse(`workspace is not a folder: ${folder}`);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(
      `workspace ${missing ? 'does not exist' : 'cannot be read'}: ${folder}. Create it, or correct the configuration.`,
    );
  }
}

function notAllowed(policy: WorkspacePolicy, wanted: string): string {
  const names = Object.keys(policy.workspaces);
  const roots = policy.workspace_roots;
  const isKnown = names.length + roots.length > 0;
  const known = [
    names.length > 0 ? `configured names: ${names.join(', ')}` : 'no names are configured',
    roots.length > 0 ? `allowed roots: ${roots.join(', ')}` : 'no roots are allowed',
  ].join('; ');
  return `unknown workspace '${cut(cleanLine(wanted), 200)}' (${known}). ${isKnown ? 'Use one of these, or add it' : 'Add it'} with: bridge-supervisor setup --workspace NAME=FOLDER.`;
}
