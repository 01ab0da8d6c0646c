/** The folder of a run, made ready for it: a worktree of the project's own, or the workspace itself. */
import type { StartedRun } from '../../bridge/claim.ts';
import { inspectRepository, isThere } from '../../git/repository.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Project } from '../../project/project.ts';
import type { Worktree } from '../../project/worktree.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Context } from '../context.ts';
import { prepareWorkspace } from '../workspace.ts';
import { type PreparedFor, prepareWorktree } from './prepare-worktree.ts';
import { takeSnapshot } from './snapshot.ts';
import { makeWorktree } from './worktree.ts';

/**
 * Makes it ready, so that what is done in it can be measured. May take minutes; `stop` ends it, and its reason is the
 * outcome then. Throws StoreError, LeaseLost and the system's errors.
 */
export async function makePlace(
  context: Context,
  started: StartedRun,
  stop: AbortSignal,
): Promise<Result<void, Outcome>> {
  const { project, run, earlier } = started;
  if (project.isolation !== 'worktree') {
    const problem = await prepareWorkspace(context, run, earlier.length === 0);
    return problem === undefined ? ok(undefined) : refuse({ kind: 'workspace_missing', message: problem });
  }
  const made = await makeWorktree(context, project);
  if (!made.ok) return made;
  if (stop.aborted) return refuse(stop.reason as Outcome);
  return prepareWorktree(context, started, made.value, stop);
}

/**
 * Makes the worktree of submitted work again where its folder is gone, as it was measured last, and prepares it. Throws as
 * `makePlace` does.
 */
export async function remakeLost(
  context: Context,
  prepared: PreparedFor,
  { path }: Pick<Worktree, 'path'>,
  stop: AbortSignal,
): Promise<Result<void, Outcome>> {
  if (await isThere(path)) return ok(undefined);
  const made = await makeWorktree(context, prepared.project);
  if (!made.ok) return made;
  return stop.aborted ? ok(undefined) : prepareWorktree(context, prepared, made.value, stop);
}

/** Keeps what the first run of a project finds. A worktree has its base. */
export async function measureBefore(
  context: Context,
  { project, earlier }: StartedRun,
  stop: AbortSignal,
): Promise<void> {
  if (project.isolation !== 'worktree' && earlier.length === 0) await takeSnapshot(context, project, stop);
}

/** Where the workspace of a project lies in its repository, with `/`; empty at the top, and where there is none. */
export async function subfolderOf({ env }: Context, { workspace }: Project): Promise<string> {
  const found = await inspectRepository(workspace, env);
  return found.kind === 'repository' ? found.prefix.replace(/\/$/, '') : '';
}
