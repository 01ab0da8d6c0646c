/**
 * Runs the owner's `prepare` in a new worktree, once: what is not in the repository, such as dependencies, is not in a
 * worktree either. It gets no secrets of Claude, and everything it starts is ended with it.
 */
import { checkLease } from '../../bridge/lease.ts';
import { rulesAt } from '../../bridge/work-rules.ts';
import { recordPrepared } from '../../bridge/worktrees.ts';
import { RUN_MARK } from '../../claude/environment.ts';
import { type CommandScope, endLeftCommand, runCommand } from '../../evidence/command.ts';
import { commandEnvironment } from '../../evidence/command-environment.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Project } from '../../project/project.ts';
import type { Run } from '../../project/run.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { prepareOutputFile } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { makeRunsFolder } from '../room.ts';
import { CONTROL_GROUPS } from '../run/held-process.ts';
import { commandSandbox } from '../sandbox.ts';
import { retryTransient } from '../transient.ts';
import type { MadeWorktree } from './worktree.ts';

export interface PreparedFor {
  readonly project: Project;
  /** Whose output it is kept beside, and the folder it runs in. */
  readonly run: Pick<Run, 'id' | 'workspace'>;
}

/** Runs it unless it has succeeded before. Throws StoreError, LeaseLost and the system's errors. */
export async function prepareWorktree(
  context: Context,
  { project, run }: PreparedFor,
  { worktree, isNew }: MadeWorktree,
  stop: AbortSignal,
): Promise<Result<void, Outcome>> {
  const { bridge, config, env, lease, log } = context;
  const { rules } = rulesAt(config, project.place, project.workspace);
  const wasPrepared = !isNew && worktree.preparedAt !== null && worktree.prepareExit === 0;
  if (rules.prepare === null || wasPrepared) return ok(undefined);
  // It fetches what the work needs.
  const place = { folder: worktree.path, repo: worktree.repo, network: true };
  const sandbox = await commandSandbox(context, project, place);
  if (!sandbox.ok) return refuse({ kind: 'never_spawned', message: sandbox.refusal });
  await endLeftPreparation(context, project.id);
  await makeRunsFolder(bridge.stateDir);
  const command = { name: 'prepare', run: rules.prepare, timeoutMs: rules.prepareTimeoutMs };
  const result = await runCommand(command, {
    ...scopeOf(context, project.id),
    cwd: run.workspace,
    env: commandEnvironment(env, rules.checkEnvDeny),
    within: sandbox.value,
    outputFile: prepareOutputFile(bridge.stateDir, run.id),
    signal: stop,
  });
  if (result === undefined) return refuse(stop.reason as Outcome);
  const { exitCode, signal, timedOut, failure, leftovers, outputTail, durationMs } = result;
  log.info('worktree.prepared', { project: project.id, exit: exitCode ?? signal ?? 'none', ms: durationMs });
  for (const { pid, name } of leftovers) log.warn('prepare.leftover', { project: project.id, pid, name });
  await retryTransient(context, () => recordPrepared(lease, project.id, exitCode));
  if (exitCode === 0) return ok(undefined);
  const output = failure ?? lastWords(outputTail);
  return refuse({ kind: 'prepare_failed', exitCode, signal, timedOut, output });
}

/** Ends what a killed supervisor has left of it. Throws StoreError and LeaseLost. */
export async function endLeftPreparation(context: Context, projectId: ProjectId): Promise<void> {
  const left = await endLeftCommand(scopeOf(context, projectId));
  for (const { pid, name } of left) context.log.warn('prepare.leftover', { project: projectId, pid, name });
}

/** Not the mark of a run: such a process is no Claude to adopt. With it, nobody decides about work. */
function scopeOf(context: Context, projectId: ProjectId): CommandScope {
  return {
    mark: { name: RUN_MARK, value: `prepare:${projectId}` },
    controlGroup: `${CONTROL_GROUPS}prepare-${projectId}`,
    clock: context.clock,
    permit: () => retryTransient(context, () => checkLease(context.lease)),
  };
}

const MAX_CHARACTERS = 1_500;

/** Whole lines, where there are some. */
function lastWords(output: string): string {
  const text = output.trimEnd();
  if (text.length <= MAX_CHARACTERS) return text.trimStart();
  const cut = text.slice(-MAX_CHARACTERS);
  const line = cut.indexOf('\n');
  return cut.slice(line < 0 ? 0 : line + 1);
}
