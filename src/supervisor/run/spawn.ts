/** Starts the claude process of a recorded run, or says why there is none. */

import { realpath } from 'node:fs/promises';
import type { StartedRun } from '../../bridge/claim.ts';
import { checkLease, LeaseLost } from '../../bridge/lease.ts';
import { checkRunFolder, type RunFolder } from '../../bridge/run-folder.ts';
import { recordSpawn, unfinishedRuns } from '../../bridge/runs.ts';
import { commandLine, writeMcpConfig } from '../../claude/command-line.ts';
import { claudeEnvironment, RUN_MARK } from '../../claude/environment.ts';
import { locateClaude } from '../../claude/locate.ts';
import { runSettings } from '../../claude/run-settings.ts';
import { sessionExists, sessionHasMessage } from '../../claude/session.ts';
import { claudeVersion, KEEPS_SETTINGS_OUT_SINCE, keepsSettingsOut } from '../../claude/version.ts';
import type { Environment } from '../../environment.ts';
import { messageOf } from '../../error-message.ts';
import { repositoryConfig } from '../../git/config.ts';
import { guardedFromGit } from '../../git/guard.ts';
import { type Child, spawnChild } from '../../machine/child.ts';
import { enterControlGroup, makeControlGroup, removeControlGroup } from '../../machine/control-group.ts';
import { provideDescriptors } from '../../machine/descriptors.ts';
import { folderIdentity } from '../../machine/folder-identity.ts';
import { pathFrom } from '../../machine/folder-overlap.ts';
import { killProcess } from '../../machine/signal.ts';
import { sweep } from '../../machine/sweep.ts';
import { isResourceError } from '../../machine/transient-error.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Run } from '../../project/run.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { runFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { makeRunsFolder } from '../room.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import { prepareWorkspace } from '../workspace.ts';
import { controlGroupOf } from './held-process.ts';
import { openingMessage, promptId } from './opening.ts';

export type SpawnedRun =
  | {
      readonly spawned: true;
      readonly child: Child;
      readonly resumed: boolean;
      /** The first line for the input of Claude, once its process is in the store. */
      readonly opening: string;
      /** Its control group; undefined where the system has none. */
      readonly group: string | undefined;
      /** Identity of the folder it was started in; null when it is unknown. */
      readonly workspaceIdentity: string | null;
    }
  | { readonly spawned: false; readonly outcome: Outcome };

/**
 * Starts claude for a run that is already in the store. Throws StoreError and LeaseLost; it then has started nothing.
 */
export async function spawnRun(context: Context, started: StartedRun): Promise<SpawnedRun> {
  try {
    return await spawn(context, started);
  } catch (error) {
    await removeControlGroup(controlGroupOf(started.run));
    if (endsSupervisor(error)) throw error;
    const message = messageOf(error);
    const kind = isResourceError(error) ? 'machine_exhausted' : 'never_spawned';
    return { spawned: false, outcome: { kind, message } };
  }
}

async function spawn(context: Context, started: StartedRun): Promise<SpawnedRun> {
  const { bridge, config } = context;
  const { run, project } = started;
  const { budgetUsd } = project;
  // Claude checks its budget only after an answer: one more answer would cost what nobody allowed.
  if (budgetUsd !== null && started.spentUsd >= budgetUsd)
    return { spawned: false, outcome: { kind: 'budget_spent', budgetUsd } };
  // Before other programs are started: without file descriptors their answers mean nothing.
  provideDescriptors();
  const env = claudeEnvironment(context.env, run);
  const claude = locateClaude(config.claude, context.env);
  if (!claude.found) return { spawned: false, outcome: { kind: 'claude_missing', message: claude.message } };
  const problem = await prepareWorkspace(context, run, started.earlier.length === 0);
  if (problem) return { spawned: false, outcome: { kind: 'workspace_missing', message: problem } };
  const folder = await checkRunFolder(config, bridge.stateDir, run, context.clock);
  if (!folder.ok) return { spawned: false, outcome: { kind: 'workspace_missing', message: folder.refusal } };

  const tooOld = folder.value.isNamed ? undefined : await whyTooOld(claude.path, env, run);
  if (tooOld) return { spawned: false, outcome: { kind: 'claude_too_old', message: tooOld } };

  const files = runFiles(bridge.stateDir, run.id);
  const resumed = project.sessionId !== null && (await sessionExists(run.sessionId, env));
  const server = {
    selfCommand: context.selfCommand,
    stateDir: bridge.stateDir,
    runId: run.id,
    projectId: run.projectId,
  };
  await makeRunsFolder(bridge.stateDir);
  await writeMcpConfig(files.mcpConfig, server, config.mcp_servers);
  const remembers = resumed && (await knowsPlan(started, env));
  const opening = openingMessage(started, remembers);
  const stateFolders = await pathsOf(bridge.stateDir, folder.value.path);
  const guarded = await guardedEnvironment(folder.value, env);
  if (!guarded.ok)
    return { spawned: false, outcome: { kind: 'workspace_missing', message: guarded.refusal } };
  const workspaceIdentity = await folderIdentity(folder.value.path);
  const group = await makeControlGroup(controlGroupOf(run));
  // A supervisor that was suspended since the claim may have been replaced: the run then belongs to its successor.
  await retryTransient(context, () => checkLease(context.lease));
  const child = await spawnChild({
    command: claude.path,
    args: commandLine({
      sessionId: run.sessionId,
      resume: resumed,
      model: run.model,
      permissionMode: config.permission_mode,
      allowedTools: [
        ...Object.keys(config.mcp_servers).map((name) => `mcp__${name}`),
        ...config.allowed_tools,
      ],
      disallowedTools: config.disallowed_tools,
      claudeSettings: folder.value.claudeSettings,
      settings: runSettings({
        workspace: folder.value.path,
        stateFolders,
        blockOutside: config.block_outside,
      }),
      mcpConfigFile: files.mcpConfig,
      maxTurns: project.maxTurns,
      maxBudgetUsd: budgetUsd === null ? null : budgetUsd - started.spentUsd,
    }),
    cwd: run.workspace,
    env: guarded.value,
    stdoutPath: files.output,
    stderrPath: files.errors,
  });
  if (child.kind === 'spawn-failed') {
    await removeControlGroup(controlGroupOf(run));
    return { spawned: false, outcome: spawnOutcome(child) };
  }
  return { spawned: true, child, resumed, opening, group, workspaceIdentity };
}

/** All paths that lead to the state folder, including the one through a workspace that contains it. */
async function pathsOf(stateDir: string, workspace: string): Promise<string[]> {
  const paths = [stateDir, await realpath(stateDir), await pathFrom(workspace, stateDir)];
  return [...new Set(paths)].filter((path) => path !== undefined);
}

/** The environment in which git starts no program of the repository, or why there is none. */
async function guardedEnvironment(folder: RunFolder, env: Environment): Promise<Result<Environment>> {
  if (folder.claudeSettings === 'all') return ok(guardedFromGit(env, []));
  try {
    return ok(guardedFromGit(env, await repositoryConfig(folder.path, env)));
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/**
 * Moves the process of a run into its control group. This happens after the first message, because the kernel takes
 * some 15 ms to move a process, in which the process starts no other and no thread. Claude starts its first program
 * some hundred milliseconds after its own start; a program that it did start by then is moved too.
 */
export async function gatherRun(child: Child, group: string | undefined): Promise<void> {
  if (group === undefined) return;
  // The parent first: its later children start in the group.
  await enterControlGroup(group, child.identity.pid);
  const tree = await child.processTree().catch(() => []);
  for (const { pid } of tree) if (pid !== child.identity.pid) await enterControlGroup(group, pid);
}

/**
 * Why this version of Claude may not work here; undefined when it may. A repository that config.json does not name is
 * not trusted, so Claude must ignore its settings.
 */
async function whyTooOld(program: string, env: Environment, { workspace }: Run): Promise<string | undefined> {
  const version = await claudeVersion(program, env);
  if (version === undefined || keepsSettingsOut(version)) return undefined;
  return `Claude Code ${version} obeys some settings of ${workspace}, which config.json does not name; ${KEEPS_SETTINGS_OUT_SINCE} does not. Update it (claude update), or name the folder in 'workspaces'`;
}

/**
 * Records the process of a run. When it cannot be recorded because another supervisor has the lease, the process is
 * ended, since nobody else knows of it, unless the other supervisor has found and adopted it. Throws StoreError and
 * LeaseLost.
 */
export async function recordChild(
  context: Context,
  run: Run,
  child: Child,
  workspaceIdentity: string | null = null,
): Promise<void> {
  const { clock, lease } = context;
  const { pid, startedAt } = child.identity;
  try {
    await retryTransient(context, () => recordSpawn(lease, run, pid, startedAt, workspaceIdentity));
  } catch (error) {
    if (error instanceof LeaseLost && !(await isAdopted(context, run, child))) {
      const mark = { name: RUN_MARK, value: run.id };
      const tree = await child.processTree();
      const controlGroup = controlGroupOf(run);
      await killProcess(child.identity);
      await sweep({ root: child.identity, mark, processTree: tree, controlGroup, graceMs: 0, clock });
      await removeControlGroup(controlGroup);
    }
    throw error;
  }
}

async function isAdopted({ bridge }: Context, run: Run, { identity }: Child): Promise<boolean> {
  const recorded = (await unfinishedRuns(bridge)).find(({ id }) => id === run.id);
  return recorded?.pid === identity.pid && recorded.pidStartedAt === identity.startedAt;
}

/** Whether the session knows the plan: the first message of an earlier run was answered there, or at least taken in. */
async function knowsPlan({ run, earlier }: StartedRun, env: Environment): Promise<boolean> {
  const inSession = earlier.filter(({ sessionId }) => sessionId === run.sessionId);
  if (inSession.some(({ answeredAt }) => answeredAt !== null)) return true;
  return sessionHasMessage(run.sessionId, inSession.map(promptId), env);
}

function spawnOutcome(failure: { readonly reason: string; readonly message: string }): Outcome {
  const { message } = failure;
  switch (failure.reason) {
    case 'command-not-found':
    case 'not-executable':
      return { kind: 'claude_missing', message };
    case 'cwd-missing':
      return { kind: 'workspace_missing', message };
    case 'machine-exhausted':
      return { kind: 'machine_exhausted', message };
    default:
      return { kind: 'never_spawned', message };
  }
}
