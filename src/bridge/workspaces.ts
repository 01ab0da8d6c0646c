/** Which folder a plan may use: a configured name, or a path inside an allowed root. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { absolutePath, expandHome } from '../home-path.ts';
import { cleanLine } from '../project/text.ts';
import { done, type Reply, refuse } from './bridge.ts';

/** The part of the configuration that says where Claude may work. */
export interface WorkspacePolicy {
  readonly workspace?: string | undefined;
  readonly workspaces: Readonly<Record<string, string>>;
  readonly workspace_roots: readonly string[];
}

/**
 * The folder for a plan that asks for `wanted` (null: the default). Refuses what is not configured, not there or not a
 * folder. A project without any workspace gets a new folder of its own below the state folder.
 */
export function resolveWorkspace(
  policy: WorkspacePolicy,
  home: string,
  projectId: string,
  wanted: string | null,
): Reply<string> {
  if (wanted === null) {
    return policy.workspace === undefined
      ? done(join(home, 'workspaces', projectId))
      : checkFolder(namedFolder(policy, policy.workspace) ?? policy.workspace);
  }
  const named = namedFolder(policy, wanted);
  if (named !== undefined) return checkFolder(named);
  const path = absolutePath(wanted);
  if (!isAbsolute(expandHome(wanted)) || !allowed(policy, path)) return refuse(notAllowed(policy, wanted));
  return checkFolder(path);
}

function namedFolder({ workspaces }: WorkspacePolicy, name: string): string | undefined {
  return Object.hasOwn(workspaces, name) ? workspaces[name] : undefined;
}

function allowed(policy: WorkspacePolicy, path: string): boolean {
  const real = realPath(path);
  const configured = Object.values(policy.workspaces);
  // The default may be one of the names.
  if (policy.workspace !== undefined && isAbsolute(expandHome(policy.workspace)))
    configured.push(policy.workspace);
  return (
    configured.some((folder) => realPath(absolutePath(folder)) === real) ||
    policy.workspace_roots.some((root) => isInside(realPath(absolutePath(root)), real))
  );
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Symbolic links are followed, so that a link inside a root cannot lead out of it. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function checkFolder(path: string): Reply<string> {
  const folder = absolutePath(path);
  try {
    if (statSync(folder).isDirectory()) return done(realPath(folder));
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
  const known = [
    names.length > 0 ? `configured names: ${names.join(', ')}` : 'no names are configured',
    roots.length > 0 ? `allowed roots: ${roots.join(', ')}` : 'no roots are allowed',
  ].join('; ');
  return `unknown workspace '${cleanLine(wanted).slice(0, 200)}' (${known}). Use one of these, or add it to 'workspaces' or 'workspace_roots' in config.json.`;
}
