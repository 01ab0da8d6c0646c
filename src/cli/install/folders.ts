/** Whether the service may write where its runs are to work. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Config, Environment } from '../../config.ts';
import { type Check, ok, problem } from './check.ts';

export async function checkFolders(
  stateFolder: string,
  config: Config,
  _env: Environment,
  clock: Clock,
): Promise<Check[]> {
  return Promise.all([
    check(
      'state folder',
      stateFolder,
      await nearestThere(stateFolder),
      'Choose another one: BRIDGE_HOME.',
      clock,
    ),
    ...workspacesOf(config).map(([name, path]) =>
      check(
        name,
        path,
        path,
        'Create it with write access for the user of the service, or take it out of config.json.',
        clock,
      ),
    ),
  ]);
}

function workspacesOf({ workspace, workspaces, workspace_roots }: Config): [name: string, path: string][] {
  return [
    ...Object.entries(workspaces).map(([name, path]): [string, string] => [`workspace ${name}`, path]),
    ...workspace_roots.map((path): [string, string] => ['workspace root', path]),
    ...(workspace !== undefined && isAbsolute(workspace)
      ? [['workspace', workspace] as [string, string]]
      : []),
  ];
}

/** The state folder may be still to be made. */
async function nearestThere(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestThere(dirname(path));
}

/** A folder behind a dead network, or one that macOS guards from services, does not answer. */
const PATIENCE_MS = 5_000;

async function check(what: string, path: string, tried: string, fix: string, clock: Clock): Promise<Check> {
  const decided = new AbortController();
  const late = clock.sleep(PATIENCE_MS, decided.signal).then(() => 'it does not answer');
  const trouble = await Promise.race([troubleWith(tried), late]);
  decided.abort();
  return trouble === null ? ok(what, path) : problem(what, `${path}: ${trouble}`, fix);
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
