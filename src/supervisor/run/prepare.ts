/** Finds out what to start for a recorded run, step by step. The first step that fails gives the outcome of the run. */

import { realpath } from 'node:fs/promises';
import type { StartedRun } from '../../bridge/claim.ts';
import { checkRunFolder, type RunFolder } from '../../bridge/run-folder.ts';
import { commandLine, writeMcpConfig } from '../../claude/command-line.ts';
import { claudeEnvironment } from '../../claude/environment.ts';
import { locateClaude } from '../../claude/locate.ts';
import { runSettings } from '../../claude/run-settings.ts';
import { claudeVersion, KEEPS_SETTINGS_OUT_SINCE, keepsSettingsOut } from '../../claude/version.ts';
import type { Environment } from '../../environment.ts';
import { repositoryConfig } from '../../git/config.ts';
import { guardedFromGit } from '../../git/guard.ts';
import type { ChildOptions } from '../../machine/child.ts';
import { provideDescriptors } from '../../machine/descriptors.ts';
import { folderIdentity } from '../../machine/folder-identity.ts';
import { pathFrom } from '../../machine/folder-overlap.ts';
import { type Remainder, tightest } from '../../project/budget.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Run } from '../../project/run.ts';
import { ok, type Refusal, type Result, refuse } from '../../result.ts';
import { runFiles } from '../../state-folder.ts';
import { budgetCharges } from '../budgets.ts';
import type { Context } from '../context.ts';
import { makePlace, measureBefore } from '../place/place.ts';
import { makeRunsFolder } from '../room.ts';
import { readConversation } from './opening.ts';

export interface PreparedRun {
  /** What to spawn. */
  readonly process: ChildOptions;
  /** Whether the session has a conversation to continue. */
  readonly resumed: boolean;
  /** The first line for the input of Claude, once its process is in the store. */
  readonly opening: string;
  /** The budget that ends it first; undefined when there is none. */
  readonly budget: Remainder | undefined;
  /** Identity of the folder it is to be started in; null when it is unknown. */
  readonly workspaceIdentity: string | null;
}

/** Where Claude is to work, and what holds there. */
interface Place {
  readonly folder: RunFolder;
  /** Identity of the folder; null when it is unknown. */
  readonly identity: string | null;
}

/**
 * Prepares folder, environment, prompt and command line. Starts no Claude. `stop` ends what takes long. Throws StoreError,
 * LeaseLost and the system's errors.
 */
export async function prepareRun(
  context: Context,
  started: StartedRun,
  stop: AbortSignal,
): Promise<Result<PreparedRun, Outcome>> {
  const budget = await budgetLeft(context, started);
  if (!budget.ok) return budget;
  // Before other programs are started: without file descriptors their answers mean nothing.
  provideDescriptors();
  const claude = findClaude(context);
  if (!claude.ok) return claude;
  const place = await preparePlace(context, started, stop);
  if (!place.ok) return place;
  const env = await environmentIn(place.value, context, started.run);
  if (!env.ok) return env;
  const version = await checkVersion(claude.value, place.value, env.value, started.run);
  if (!version.ok) return version;
  const { resumed, opening } = await readConversation(started, env.value);
  const args = await argumentsIn(place.value, context, started, { resumed, budget: budget.value });
  const { output, errors } = await writeFiles(context, started.run);
  const process: ChildOptions = {
    command: claude.value,
    args,
    cwd: started.run.workspace,
    env: env.value,
    stdoutPath: output,
    stderrPath: errors,
  };
  return ok({ process, resumed, opening, budget: budget.value, workspaceIdentity: place.value.identity });
}

/**
 * What the run may cost; undefined without a budget. Claude checks its budget only after an answer: with nothing left, one
 * more answer would cost what nobody allowed.
 */
async function budgetLeft(
  context: Context,
  { project, spent }: StartedRun,
): Promise<Result<Remainder | undefined, Outcome>> {
  const budget = tightest(await budgetCharges(context, project, spent));
  return budget !== undefined && budget.leftUsd <= 0
    ? refuse({ kind: 'budget_spent', budgetUsd: budget.limitUsd, scope: budget.scope })
    : ok(budget);
}

function findClaude({ config, env }: Context): Result<string, Outcome> {
  const claude = locateClaude(config.claude, env);
  return claude.found ? ok(claude.path) : refuse({ kind: 'claude_missing', message: claude.message });
}

async function preparePlace(
  context: Context,
  started: StartedRun,
  stop: AbortSignal,
): Promise<Result<Place, Outcome>> {
  const { bridge, clock, config } = context;
  const made = await makePlace(context, started, stop);
  if (!made.ok) return made;
  const { place, workspace: source } = started.project;
  const run = { ...started.run, source, place };
  const folder = await checkRunFolder(config, bridge.stateDir, run, clock);
  if (!folder.ok) return noWorkspace(folder.refusal);
  await measureBefore(context, started, stop);
  return ok({ folder: folder.value, identity: await folderIdentity(folder.value.path) });
}

/** The environment of Claude, in which git starts no program of the repository. */
async function environmentIn(
  { folder }: Place,
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
  { folder }: Place,
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

async function argumentsIn(
  { folder }: Place,
  { bridge: { stateDir }, config }: Context,
  { run, project }: StartedRun,
  { resumed, budget }: Pick<PreparedRun, 'resumed' | 'budget'>,
): Promise<string[]> {
  const servers = Object.keys(config.mcp_servers).map((name) => `mcp__${name}`);
  return commandLine({
    sessionId: run.sessionId,
    resume: resumed,
    model: run.model,
    permissionMode: config.permission_mode,
    allowedTools: [...servers, ...config.allowed_tools],
    disallowedTools: config.disallowed_tools,
    claudeSettings: folder.claudeSettings,
    settings: runSettings({
      projectId: run.projectId,
      workspace: folder.path,
      stateFolders: await pathsOf(stateDir, folder.path),
      blockOutside: config.block_outside,
    }),
    mcpConfigFile: runFiles(stateDir, run.id).mcpConfig,
    maxTurns: project.maxTurns,
    maxBudgetUsd: budget?.leftUsd ?? null,
  });
}

/** All paths that lead to the state folder, including the one through a workspace that contains it. */
async function pathsOf(stateDir: string, workspace: string): Promise<string[]> {
  const paths = [stateDir, await realpath(stateDir), await pathFrom(workspace, stateDir)];
  return [...new Set(paths)].filter((path) => path !== undefined);
}

/** The files of the run. Its MCP configuration is written last, when nothing else is missing: it may hold secrets. */
async function writeFiles({ bridge: { stateDir }, config, selfCommand }: Context, run: Run) {
  await makeRunsFolder(stateDir);
  const files = runFiles(stateDir, run.id);
  const server = { selfCommand, stateDir, runId: run.id, projectId: run.projectId };
  await writeMcpConfig(files.mcpConfig, server, config.mcp_servers);
  return files;
}

function noWorkspace(message: string): Refusal<Outcome> {
  return refuse({ kind: 'workspace_missing', message });
}
