/** From a recorded run to a living claude process, or to the reason why there is none. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Briefing, briefingFor } from '../bridge/attending.ts';
import { checkRunFolder } from '../bridge/run-folder.ts';
import type { StartedRun } from '../bridge/runs.ts';
import { commandLine, writeMcpConfig } from '../claude/command-line.ts';
import { claudeEnvironment } from '../claude/environment.ts';
import { userMessage } from '../claude/input.ts';
import { locateClaude } from '../claude/locate.ts';
import { prompt } from '../claude/prompt.ts';
import { runSettings } from '../claude/run-settings.ts';
import { sessionExists } from '../claude/session.ts';
import { type Child, spawnChild } from '../machine/child.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Outcome, Run } from '../project/run.ts';
import type { Context } from './context.ts';
import { runFiles } from './run-files.ts';
import { prepareWorkspace } from './workspace.ts';

export type SpawnedRun =
  | { readonly spawned: true; readonly child: Child; readonly resumed: boolean }
  | { readonly spawned: false; readonly outcome: Outcome };

/** Starts claude for a run that is already in the store. */
export async function spawnRun(context: Context, started: StartedRun): Promise<SpawnedRun> {
  const { bridge, config } = context;
  const { run, project } = started;
  const env = claudeEnvironment(context.env, run);
  const claude = locateClaude(config.claude, context.env);
  if (!claude.found) return { spawned: false, outcome: { kind: 'claude_missing', message: claude.message } };
  const problem = await prepareWorkspace(bridge.home, run);
  if (problem) return { spawned: false, outcome: { kind: 'workspace_missing', message: problem } };
  const folder = await checkRunFolder(config, bridge.home, run, context.clock);
  if (!folder.ok) return { spawned: false, outcome: { kind: 'workspace_missing', message: folder.refusal } };

  const files = runFiles(bridge.home, run.id);
  const resumed = project.sessionId !== null && (await sessionExists(run.sessionId, env));
  const server = { entry: context.entry, home: bridge.home, runId: run.id, projectId: run.projectId };
  try {
    await mkdir(join(bridge.home, 'runs'), { recursive: true, mode: 0o700 });
    await writeMcpConfig(files.mcpConfig, server, config.mcp_servers);
  } catch (error) {
    return { spawned: false, outcome: { kind: 'never_spawned', message: (error as Error).message } };
  }
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
        stateFolders: [...new Set([bridge.home, await realpath(bridge.home)])],
        blockOutside: config.block_outside,
      }),
      mcpConfigFile: files.mcpConfig,
      maxTurns: project.maxTurns,
      maxBudgetUsd: project.budgetUsd === null ? null : Math.max(project.budgetUsd - started.spentUsd, 0.01),
    }),
    cwd: run.workspace,
    env,
    stdoutPath: files.output,
    stderrPath: files.errors,
  });
  if (child.kind === 'spawn-failed') return { spawned: false, outcome: spawnOutcome(child) };
  return { spawned: true, child, resumed };
}

/** The id under which Claude repeats a run's prompt as it takes it in: derived, so that our successor knows it too. */
export function promptId(run: Run): string {
  return `00000000-0000-4000-8000-${run.id}`;
}

/** The first message of a run. */
export async function openingMessage(
  context: Context,
  started: StartedRun,
  resumed: boolean,
): Promise<string> {
  const briefing: Briefing = await briefingFor(context.bridge, started.project);
  const text = prompt({
    ...briefing,
    kind: started.run.kind,
    last: started.earlier.at(-1),
    remembers: resumed,
    messages: briefing.messages.filter((message) => isInPrompt(message, started.run)),
  });
  return userMessage(text, promptId(started.run));
}

/** Messages that waited when the run was recorded are in its prompt; later ones are steered into it. */
export function isInPrompt(message: SteeringMessage, run: Run): boolean {
  return message.runId === run.id;
}

function spawnOutcome(failure: { readonly reason: string; readonly message: string }): Outcome {
  const { message } = failure;
  switch (failure.reason) {
    case 'command-not-found':
    case 'not-executable':
      return { kind: 'claude_missing', message };
    case 'cwd-missing':
      return { kind: 'workspace_missing', message };
    default:
      return { kind: 'never_spawned', message };
  }
}
