/**
 * The program, the folder and the environment of a Claude, for work and for a review alike: nothing that lies in a
 * repository decides about them.
 */
import { realpath } from 'node:fs/promises';
import { checkRunFolder, type RunFolder } from '../../bridge/run-folder.ts';
import { claudeEnvironment } from '../../claude/environment.ts';
import { locateClaude } from '../../claude/locate.ts';
import { claudeVersion, KEEPS_SETTINGS_OUT_SINCE, keepsSettingsOut } from '../../claude/version.ts';
import type { Environment } from '../../environment.ts';
import { repositoryConfig } from '../../git/config.ts';
import { guardedFromGit } from '../../git/guard.ts';
import { provideDescriptors } from '../../machine/descriptors.ts';
import { folderIdentity } from '../../machine/folder-identity.ts';
import { pathFrom } from '../../machine/folder-overlap.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Project } from '../../project/project.ts';
import type { Run } from '../../project/run.ts';
import { ok, type Refusal, type Result, refuse } from '../../result.ts';
import type { Context } from '../context.ts';

export interface GuardedClaude {
  readonly folder: RunFolder;
  /** Identity of the folder; null when it is unknown. */
  readonly identity: string | null;
  readonly env: Environment;
  /** All paths that lead to the state folder, including the one through a workspace that contains it. */
  readonly stateFolders: readonly string[];
}

/** The path of the program. */
export function findClaude({ config, env }: Context): Result<string, Outcome> {
  // Before other programs are started: without file descriptors their answers mean nothing.
  provideDescriptors();
  const claude = locateClaude(config.claude, env);
  return claude.found ? ok(claude.path) : refuse({ kind: 'claude_missing', message: claude.message });
}

/** What holds where a run of this project is, whose folder is there. */
export async function guardClaude(
  context: Context,
  program: string,
  run: Run,
  project: Pick<Project, 'place' | 'workspace'>,
): Promise<Result<GuardedClaude, Outcome>> {
  const { bridge, clock, config } = context;
  const placed = { ...run, source: project.workspace, place: project.place };
  const folder = await checkRunFolder(config, bridge.stateDir, placed, clock);
  if (!folder.ok) return noWorkspace(folder.refusal);
  const identity = await folderIdentity(folder.value.path);
  const env = await environmentIn(folder.value, context, run);
  if (!env.ok) return env;
  const version = await checkVersion(program, folder.value, env.value, run);
  if (!version.ok) return version;
  const stateFolders = await pathsOf(bridge.stateDir, folder.value.path);
  return ok({ folder: folder.value, identity, env: env.value, stateFolders });
}

/** The environment of Claude, in which git starts no program of the repository. */
async function environmentIn(
  folder: RunFolder,
  context: Context,
  run: Run,
): Promise<Result<Environment, Outcome>> {
  const env = claudeEnvironment(context.env, run);
  if (folder.claudeSettings === 'all') return ok(guardedFromGit(env, []));
  try {
    return ok(guardedFromGit(env, await repositoryConfig(folder.path, env)));
  } catch (error) {
    return noWorkspace((error as Error).message);
  }
}

/** A repository that config.json does not name is not trusted, so Claude must ignore its settings. */
async function checkVersion(
  program: string,
  folder: RunFolder,
  env: Environment,
  { workspace }: Run,
): Promise<Result<void, Outcome>> {
  const version = folder.isNamed ? undefined : await claudeVersion(program, env);
  if (version === undefined || keepsSettingsOut(version)) return ok(undefined);
  return refuse({
    kind: 'claude_too_old',
    message: `Claude Code ${version} obeys some settings of ${workspace}, which config.json does not name; ${KEEPS_SETTINGS_OUT_SINCE} does not. Update it (claude update), or name the folder in 'workspaces'`,
  });
}

async function pathsOf(stateDir: string, workspace: string): Promise<string[]> {
  const paths = [stateDir, await realpath(stateDir), await pathFrom(workspace, stateDir)];
  return [...new Set(paths)].filter((path) => path !== undefined);
}

function noWorkspace(message: string): Refusal<Outcome> {
  return refuse({ kind: 'workspace_missing', message });
}
