/** Makes the evidence of a round of a project, from what the store, the runs' output and the folder say. */
import { recordCheckBegun, type ToVerify } from '../../bridge/verifying.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { makeEvidence, makeUnmeasuredEvidence } from '../../evidence/make-evidence.ts';
import { keepCommit } from '../../git/keep-commit.ts';
import type { Evidence } from '../../project/evidence.ts';
import { evidenceFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { ignoreTransient } from '../transient.ts';
import { checkMarks, checkScope } from './check-scope.ts';
import { findPlace } from './place.ts';
import { roundRecord } from './round-record.ts';

/** Undefined when `signal` aborted. Throws StoreError, LeaseLost, and the system's error for a file of ours. */
export async function evidenceOf(
  context: Context,
  due: ToVerify,
  signal: AbortSignal,
): Promise<Evidence | undefined> {
  const { bridge, env, lease } = context;
  const { project, completion, attempt } = due;
  const rules = projectRules(context.config, project);
  const record = await roundRecord(context, due, rules.repairs);
  const plan = {
    rules,
    files: evidenceFiles(bridge.stateDir, completion.runId ?? project.id),
    scope: checkScope(context, project.id),
    env,
    added: checkMarks(context),
    signal,
    begins: ({ name }: { readonly name: string }, number: number) =>
      ignoreTransient(
        recordCheckBegun(lease, project.id, {
          ...{ round: completion.round, attempt },
          ...{ check: name, number, of: rules.checks.length },
        }),
      ),
  };
  const found = await findPlace(context, due);
  if (found.kind === 'unmeasurable') return makeUnmeasuredEvidence(record, found, plan);
  const { place } = found;
  const evidence = await makeEvidence({
    ...plan,
    record,
    place,
    claimed: { created: completion.filesCreated, modified: completion.filesModified },
    title: project.title,
  });
  const commit = evidence?.git?.commit;
  if (commit) await keepCommit(place.measureDir, roundRef(project.id, completion.round), commit, env);
  return evidence;
}

/** The ref that keeps what was submitted in a round. */
export function roundRef(projectId: string, round: number): string {
  return `refs/bridge/${projectId}/${round}`;
}
