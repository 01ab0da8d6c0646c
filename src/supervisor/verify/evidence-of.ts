/** Makes the evidence of a round of a project, from what the store, the runs' output and the folder say. */
import type { ToVerify } from '../../bridge/verifying.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { makeEvidence, makeUnmeasuredEvidence } from '../../evidence/make-evidence.ts';
import { keepCommit } from '../../git/keep-commit.ts';
import type { Evidence } from '../../project/evidence.ts';
import { evidenceFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { commandSandbox } from '../sandbox.ts';
import { checksPlan } from './check-scope.ts';
import { findPlace } from './place.ts';
import { roundRecord } from './round-record.ts';

/**
 * Undefined when `signal` aborted. Throws StoreError, LeaseLost, an Error where checks need a sandbox that there is not, and the
 * system's error for a file of ours.
 */
export async function evidenceOf(
  context: Context,
  due: ToVerify,
  signal: AbortSignal,
): Promise<Evidence | undefined> {
  const { bridge, env } = context;
  const { project, completion, attempt } = due;
  const rules = projectRules(context.config, project);
  const record = await roundRecord(context, due, rules.repairs);
  const { round } = completion;
  const files = evidenceFiles(bridge.stateDir, completion.runId ?? project.id);
  const within = await checkSandbox(context, due);
  const plan = checksPlan(context, project, { rules, files, round, attempt, within, signal });
  const found = await findPlace(context, due);
  if (found.kind === 'unmeasurable') return makeUnmeasuredEvidence(record, found, plan);
  const { place } = found;
  const evidence = await makeEvidence({
    ...plan,
    files,
    record,
    place,
    // What an outline names is what is meant to change.
    claimed: record.outline
      ? { created: [], modified: [] }
      : { created: completion.filesCreated, modified: completion.filesModified },
    title: project.title,
  });
  const commit = evidence?.git?.commit;
  if (commit) await keepCommit(place.measureDir, roundRef(project.id, round), commit, env);
  return evidence;
}

/** The ref that keeps what was submitted in a round. */
export function roundRef(projectId: string, round: number): string {
  return `refs/bridge/${projectId}/${round}`;
}

/** Checks that must not run without a sandbox are not run: the project waits for a person. */
async function checkSandbox(context: Context, { project, worktree }: ToVerify) {
  const { checks, checkNetwork: network } = projectRules(context.config, project);
  if (checks.length === 0) return undefined;
  const folder = worktree?.path ?? project.workspace;
  const sandbox = await commandSandbox(context, project, { folder, repo: worktree?.repo, network });
  if (!sandbox.ok) throw new Error(sandbox.refusal);
  return sandbox.value;
}
