/**
 * The folder of a run, right before Claude is started in it. It was chosen when the plan was sent: what its path leads
 * to, and what is configured, may have changed since then.
 */

import { realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Clock } from '../clock.ts';
import { absolutePath } from '../home-path.ts';
import { liesIn } from '../machine/folder-overlap.ts';
import type { ProjectId } from '../project/ids.ts';
import { type ClaudeSettings, namedWorkspaces } from '../project/workspace.ts';
import { ok, type Result, refuse } from '../result.ts';
import { worktreeFolder } from '../state-folder.ts';

import { inStateFolder, isInside, namedPaths, ownWorkspace, type WorkspacePolicy } from './workspaces.ts';

export interface RunFolder {
  /** Where Claude is to be, without links. */
  readonly path: string;
  /** The configuration names this very folder, or it is the project's own; one in a root is only let through. */
  readonly isNamed: boolean;
  /** Whose Claude settings count there. */
  readonly claudeSettings: ClaudeSettings;
}

export interface RunFolderPolicy extends WorkspacePolicy {
  readonly claude_settings: ClaudeSettings;
}

interface RunPlace {
  readonly projectId: ProjectId;
  /** Where the run is to be. */
  readonly workspace: string;
}

interface PlacedRun extends RunPlace {
  /** The folder that the plan was sent for: another one than `workspace` for a run in a worktree. */
  readonly source: string;
  /** What the plan asked for. */
  readonly place: string | null;
}

/** What holds for the folder of a run, which is there; or why Claude may not be started in it. */
export async function checkRunFolder(
  policy: RunFolderPolicy,
  stateDir: string,
  run: PlacedRun,
  clock: Clock,
): Promise<Result<RunFolder>> {
  try {
    return await check(policy, stateDir, run, clock);
  } catch (error) {
    return refuse(`${run.workspace} cannot be looked at: ${(error as Error).message}`);
  }
}

async function check(
  policy: RunFolderPolicy,
  stateDir: string,
  { projectId, workspace, source, place }: PlacedRun,
  clock: Clock,
): Promise<Result<RunFolder>> {
  const allowed = await checkSource(policy, stateDir, { projectId, workspace: source, place }, clock);
  if (!allowed.ok || source === workspace) return allowed;
  const there = await whereItIs(stateDir, { projectId, workspace });
  return there.ok ? ok({ ...allowed.value, path: there.value }) : there;
}

async function whereItIs(stateDir: string, run: RunPlace): Promise<Result<string>> {
  const real = await realpath(run.workspace);
  return real === (await expectedFolder(stateDir, run))
    ? ok(real)
    : refuse(`${run.workspace} leads to ${real} now; the plan was sent for the folder that was there`);
}

async function checkSource(
  policy: RunFolderPolicy,
  stateDir: string,
  { projectId, workspace, place }: Omit<PlacedRun, 'source'>,
  clock: Clock,
): Promise<Result<RunFolder>> {
  const isOwn = workspace === ownWorkspace(stateDir, projectId);
  const there = await whereItIs(stateDir, { projectId, workspace });
  if (!there.ok) return there;
  const real = there.value;
  if (isOwn) return ok({ path: real, isNamed: true, claudeSettings: policy.claude_settings });

  const isHere = async (path: string) => (await realPathSoon(path, clock)) === real;
  const [named, roots] = await Promise.all([
    Promise.all(namedPaths(policy).map(isHere)),
    Promise.all(policy.workspace_roots.map((root) => realPathSoon(absolutePath(root), clock))),
  ]);
  const isNamed = named.includes(true);
  if (!isNamed && !roots.some((root) => isInside(root, real)))
    return refuse(`the configuration does not allow ${workspace} any more; add it to 'workspaces' again`);
  if (await liesIn(real, stateDir)) return refuse(inStateFolder(workspace, stateDir));
  return ok({ path: real, isNamed, claudeSettings: await settingsIn(policy, place, isHere) });
}

/**
 * Where Claude must be when it works in `workspace`: the folder that the plan was sent for. Its own last part is not
 * followed: a link that has taken its place since then leads elsewhere.
 */
export async function expectedFolder(stateDir: string, { projectId, workspace }: RunPlace): Promise<string> {
  const ours = [ownWorkspace(stateDir, projectId), worktreeFolder(stateDir, projectId)];
  const top = ours.find((folder) => isInside(folder, workspace));
  // Only the state folder may be reached by a link.
  return top === undefined
    ? workspace
    : join(await realpath(dirname(top)), projectId, relative(top, workspace));
}

const STRICTEST_FIRST: readonly ClaudeSettings[] = ['none', 'user', 'all'];

/** Where a folder has several names, the one that the plan used counts; else the strictest word. */
async function settingsIn(
  policy: RunFolderPolicy,
  place: string | null,
  isHere: (path: string) => Promise<boolean>,
): Promise<ClaudeSettings> {
  const named = namedWorkspaces(policy.workspaces);
  const are = await Promise.all(named.map(({ path }) => isHere(path)));
  const here = named.filter((_, index) => are[index]);
  const meant = here.filter(({ name }) => name === (place ?? policy.workspace));
  const counting = (meant.length > 0 ? meant : here).map(({ claudeSettings }) => claudeSettings);
  const words = counting.map((settings) => settings ?? policy.claude_settings);
  return STRICTEST_FIRST.find((settings) => words.includes(settings)) ?? policy.claude_settings;
}

const TIMEOUT_MS = 5_000;

/** Links followed. One on a network drive that is away is taken as it is written: it keeps no other folder waiting. */
async function realPathSoon(path: string, clock: Clock): Promise<string> {
  const found = new AbortController();
  const late = clock.sleep(TIMEOUT_MS, found.signal).then(() => path);
  const real = await Promise.race([realpath(path).catch(() => path), late]);
  found.abort();
  return real;
}
