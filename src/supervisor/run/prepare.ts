/** Finds out what to start for a run that works on a plan, step by step. The first step that fails gives its outcome. */

import type { StartedRun } from '../../bridge/claim.ts';
import { listRequests } from '../../bridge/requests.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { commandLine, writeMcpConfig } from '../../claude/command-line.ts';
import { runSettings } from '../../claude/run-settings.ts';
import type { ClaudeSandbox } from '../../claude/sandbox-settings.ts';
import type { ChildOptions } from '../../machine/child.ts';
import { toolsAskedAbout } from '../../project/asked-calls.ts';
import { type Remainder, tightest } from '../../project/budget.ts';
import type { Outcome } from '../../project/outcome.ts';
import { isOutline } from '../../project/outline.ts';
import { askedCalls, asksPerson, type Policy } from '../../project/policy.ts';
import type { Project } from '../../project/project.ts';
import type { Run } from '../../project/run.ts';
import { serverName } from '../../project/toolset.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { runFiles } from '../../state-folder.ts';
import { budgetCharges } from '../budgets.ts';
import type { Context } from '../context.ts';
import { makePlace, measureBefore } from '../place/place.ts';
import { makeRunsFolder } from '../room.ts';
import { claudeSandbox } from '../sandbox.ts';
import { findClaude, type GuardedClaude, guardClaude } from './guarded-claude.ts';
import { readConversation } from './opening.ts';
import { runPolicy } from './run-policy.ts';

export interface PreparedRun {
  /** What to spawn. */
  readonly process: ChildOptions;
  /** Whether the session has a conversation to continue. */
  readonly resumed: boolean;
  /** The first line for the input of Claude, once its process is in the store; undefined: it goes on by itself. */
  readonly opening: string | undefined;
  /** The call with which it goes on by itself. */
  readonly resumesCall: string | undefined;
  /** The budget that ends it first; undefined when there is none. */
  readonly budget: Remainder | undefined;
  /** Identity of the folder it is to be started in; null when it is unknown. */
  readonly workspaceIdentity: string | null;
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
  const { run, project } = started;
  const budget = await budgetLeft(context, started);
  if (!budget.ok) return budget;
  const claude = findClaude(context);
  if (!claude.ok) return claude;
  const made = await makePlace(context, started, stop);
  if (!made.ok) return made;
  const guarded = await guardClaude(context, claude.value, run, project);
  if (!guarded.ok) return guarded;
  const { env, identity } = guarded.value;
  await measureBefore(context, started, stop);
  const policy = await runPolicy(context, claude.value, project, env);
  const sandbox = await claudeSandbox(context, project, claude.value, env);
  if (!sandbox.ok) return refuse({ kind: 'never_spawned', message: sandbox.refusal });
  const isSandboxed = sandbox.value !== null;
  const { resumed, opening } = await readConversation(context.bridge, started, env, isSandboxed);
  const args = argumentsIn(guarded.value, context, started, {
    resumed,
    budget: budget.value,
    policy,
    gatedTools: await gatedTools(context, project, policy),
    sandbox: sandbox.value,
  });
  const { output, errors } = await writeFiles(context, run, policy);
  const process: ChildOptions = {
    command: claude.value,
    args,
    cwd: run.workspace,
    env,
    stdoutPath: output,
    stderrPath: errors,
  };
  const resumesCall = opening === undefined ? started.resumes?.toolUseId : undefined;
  return ok({ process, resumed, opening, resumesCall, budget: budget.value, workspaceIdentity: identity });
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

/** Those of whose calls a person can be asked in this run, or was asked before: also under another policy. */
async function gatedTools(
  { bridge }: Context,
  { id }: Pick<Project, 'id'>,
  policy: Policy,
): Promise<readonly string[] | undefined> {
  const tools = toolsAskedAbout(askedCalls(policy) ?? []);
  const asked = await listRequests(bridge, { projectId: id, undecided: false });
  const named = asked.map(({ toolName }) => toolName);
  return tools && named.every((name) => /^[\w-]+$/.test(name)) ? [...tools, ...named] : undefined;
}

interface Arguments extends Pick<PreparedRun, 'resumed' | 'budget'> {
  readonly policy: Policy;
  readonly gatedTools: readonly string[] | undefined;
  readonly sandbox: ClaudeSandbox | null;
}

function argumentsIn(
  { folder, stateFolders }: GuardedClaude,
  { bridge: { stateDir }, config }: Context,
  { run, project }: StartedRun,
  { resumed, budget, policy, gatedTools, sandbox }: Arguments,
): string[] {
  const { maxTurns } = projectRules(config, project);
  // A tool of theirs that only reads is not refused for an outline either.
  const servers = isOutline(project)
    ? []
    : [...Object.keys(config.mcp_servers), ...config.toolsets_in_runs.map(serverName)];
  return commandLine({
    sessionId: run.sessionId,
    resume: resumed,
    model: run.model,
    permissionMode: policy.mode,
    allowedTools: servers.map((name) => `mcp__${name}`),
    claudeSettings: folder.claudeSettings,
    settings: runSettings({
      projectId: run.projectId,
      workspace: folder.path,
      stateFolders,
      sandbox,
      blockOutside: config.block_outside,
      policy,
      askWaitMs: config.ask_wait,
      gatedTools,
    }),
    asksPermission: asksPerson(policy),
    mcpConfigFile: runFiles(stateDir, run.id).mcpConfig,
    maxTurns,
    maxBudgetUsd: budget?.leftUsd ?? null,
  });
}

/** The files of the run. Its MCP configuration is written last, when nothing else is missing: it may hold secrets. */
async function writeFiles({ bridge: { stateDir }, config, selfCommand }: Context, run: Run, policy: Policy) {
  await makeRunsFolder(stateDir);
  const files = runFiles(stateDir, run.id);
  const server = {
    selfCommand,
    stateDir,
    runId: run.id,
    projectId: run.projectId,
    askWaitMs: config.ask_wait,
    asksAbout: askedCalls(policy),
    toolsets: config.toolsets_in_runs,
  };
  await writeMcpConfig(files.mcpConfig, server, config.mcp_servers);
  return files;
}
