/** Whether the service may write where its runs are to work. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Platform } from '../machine/platform.ts';
import { guardedBy } from '../machine/service/guarded-folders.ts';
import { namedWorkspaces } from '../project/workspace.ts';
import { type Check, ok, problem } from './check.ts';

export interface FolderQuestion {
  readonly stateDir: string;
  readonly config: Config;
  readonly platform: Platform;
  /** Of the account the service runs as. */
  readonly home: string;
  readonly clock: Clock;
}

export async function checkFolders(question: FolderQuestion): Promise<Check[]> {
  const { stateDir, config } = question;
  return Promise.all([
    check(question, 'state folder', stateDir, 'Choose another one: BRIDGE_HOME.'),
    ...workspacesOf(config).map(([name, path]) =>
      check(question, name, path, 'Make it a folder that you may write to, or take it out of config.json.'),
    ),
  ]);
}

/** The first of these that macOS keeps from services, as a problem. */
export async function checkGuards(
  platform: Platform,
  home: string,
  what: string,
  paths: readonly string[],
): Promise<Check | undefined> {
  for (const path of paths) {
    const guard = await guardedBy(platform, home, path);
    const [why = '', ...todo] = guard?.split(/(?<=\.) /) ?? [];
    if (guard !== null) return problem(what, why, todo.join(' '));
  }
  return undefined;
}

function workspacesOf({ workspace, workspaces, workspace_roots }: Config): [name: string, path: string][] {
  return [
    ...namedWorkspaces(workspaces).map(({ name, path }): [string, string] => [`workspace ${name}`, path]),
    ...workspace_roots.map((path): [string, string] => ['workspace root', path]),
    ...(workspace !== undefined && isAbsolute(workspace)
      ? [['workspace', workspace] as [string, string]]
      : []),
  ];
}

/** A folder behind a dead network, or one that macOS guards from services, does not answer. */
const PATIENCE_MS = 5_000;

async function check(
  { stateDir, platform, home, clock }: FolderQuestion,
  what: string,
  path: string,
  fix: string,
): Promise<Check> {
  const decided = new AbortController();
  const late = clock
    .sleep(PATIENCE_MS, decided.signal)
    .then(() => problem(what, `${path}: it does not answer`, fix));
  const look = async () => {
    const guarded = await checkGuards(platform, home, what, [path]);
    if (guarded) return guarded;
    // The state folder may be still to be made.
    const trouble = await troubleWith(path === stateDir ? await nearestThere(path) : path);
    return trouble === null ? ok(what, path) : problem(what, `${path}: ${trouble}`, fix);
  };
  const answer = await Promise.race([look(), late]);
  decided.abort();
  return answer;
}

async function nearestThere(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestThere(dirname(path));
}

async function troubleWith(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isDirectory()) return 'it is not a folder';
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'it does not exist';
    return code === 'EACCES' || code === 'EPERM' ? 'it cannot be written to' : `it cannot be used (${code})`;
  }
}
