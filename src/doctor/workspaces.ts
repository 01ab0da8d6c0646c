/** The folders Claude may work in. */

import { capitalize } from '../characters.ts';
import type { Config } from '../config.ts';
import { expandHome } from '../home-path.ts';
import { findOverlap } from '../machine/folder-overlap.ts';
import { workRules } from '../project/work-rules.ts';
import { namedWorkspaces, type WorkspaceSettings } from '../project/workspace.ts';
import { workspacesFolder } from '../state-folder.ts';
import { type CheckGroup, type FindingFacts, ok, warning } from './check.ts';
import { type DoctorContext, once } from './context.ts';
import { checkRepository } from './repository.ts';
import { checkCommands } from './workspace-commands.ts';
import { checkFolder, type WorkspaceFolder } from './workspace-folder.ts';
import { checkReview } from './workspace-review.ts';

export function workspacesGroup(context: DoctorContext): CheckGroup {
  const probed = once(() => probeFolders(context));
  return {
    name: 'workspaces',
    title: 'Workspaces',
    checks: [
      {
        name: 'folder',
        subject: 'workspaces',
        timeoutMs: TIMEOUT_MS,
        run: async () => results(context, await probed()),
      },
      {
        name: 'git',
        subject: 'repositories',
        timeoutMs: TIMEOUT_MS,
        run: async () => git(context, await probed()),
      },
      {
        name: 'commands',
        subject: 'commands of workspaces',
        timeoutMs: TIMEOUT_MS,
        run: async () => commands(context, await probed()),
      },
    ],
  };
}

const TIMEOUT_MS = 30_000;

type Probed = readonly { readonly folder: WorkspaceFolder; readonly result: FindingFacts }[];

async function probeFolders(context: DoctorContext): Promise<Probed> {
  const folders = foldersOf(await context.config());
  return Promise.all(folders.map(async (folder) => ({ folder, result: await checkFolder(context, folder) })));
}

function results({ stateDir }: DoctorContext, probed: Probed): FindingFacts[] {
  if (probed.length > 0) return probed.map(({ result }) => result);
  const own = workspacesFolder(stateDir);
  return [ok(own, `No workspace is configured; each project gets a new folder in ${own}`)];
}

async function commands(context: DoctorContext, probed: Probed): Promise<FindingFacts[]> {
  const folders = usable(probed);
  const results = await Promise.all(folders.map((folder) => checkCommands(context, folder)));
  return [...results.flat(), ...folders.flatMap((folder) => checkReview(context, folder))];
}

/** A folder that does not respond would block this process too. */
function usable(probed: Probed): WorkspaceFolder[] {
  return probed.filter(({ result }) => result.verdict === 'ok').map(({ folder }) => folder);
}

async function git(context: DoctorContext, probed: Probed): Promise<FindingFacts[]> {
  const workspaces = usable(probed).filter(({ isWorkspace }) => isWorkspace);
  const checked = await Promise.all(workspaces.map((folder) => checkRepository(context, folder)));
  return [...checked.flat(), ...(await overlaps(workspaces))];
}

/** Their plans never run at the same time, whatever `concurrency` says. */
async function overlaps(workspaces: readonly WorkspaceFolder[]): Promise<FindingFacts[]> {
  const found: FindingFacts[] = [];
  for (const [index, one] of workspaces.entries())
    for (const other of workspaces.slice(index + 1)) {
      if (one.path === other.path || !(await findOverlap(one.path, [other.path]))) continue;
      const both = `${one.name} and ${other.name}`;
      found.push(
        warning(one.path, `${capitalize(both)} share files: plans for one wait while the other has a run.`, {
          hint: 'To run them at the same time, use folders that are not inside each other.',
        }),
      );
    }
  return found;
}

/** The folders in which Claude works, and those below which it may. */
export function foldersOf(config: Config): WorkspaceFolder[] {
  const { workspaces, workspace, workspace_roots, claude_settings } = config;
  const folder = (title: string, path: string, own?: WorkspaceSettings, isWorkspace = true) => ({
    name: `${title} (${path})`,
    path,
    isWorkspace,
    claudeSettings: own?.claude_settings ?? claude_settings,
    rules: workRules(own, config),
  });
  const isPath = workspace !== undefined && !Object.hasOwn(workspaces, workspace);
  return [
    ...namedWorkspaces(workspaces).map(({ name, path, settings }) =>
      folder(`workspace ${name}`, path, settings),
    ),
    ...(isPath ? [folder('the default workspace', expandHome(workspace))] : []),
    ...workspace_roots.map((path) => folder('the root', path, undefined, false)),
  ];
}
