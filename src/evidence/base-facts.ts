import { baseState, tryMerge } from '../git/merge.ts';
import type { Repository } from '../git/repository.ts';
import type { Evidence } from '../project/evidence.ts';
import { branchName } from '../project/worktree.ts';
import type { MeasuredPlace } from './measured-round.ts';

type BaseFacts = Pick<NonNullable<Evidence['git']>, 'baseNowOid' | 'baseState' | 'mergeable' | 'conflicts'>;

/** Where the base is now, and whether the work can still be merged into it. */
export async function baseFacts(
  commit: string,
  repository: Repository,
  baseRef: string | null,
  { base, measureDir, env }: MeasuredPlace,
): Promise<BaseFacts> {
  const { state, oid } =
    baseRef === null
      ? ({ state: 'gone', oid: null } as const)
      : await baseState(repository, { branch: branchName(baseRef), oid: base }, env);
  const merge =
    oid === null ? undefined : await tryMerge(measureDir, { base: oid, work: commit, began: base }, env);
  return {
    baseNowOid: oid,
    baseState: state,
    mergeable:
      merge === undefined || merge.kind === 'failed'
        ? 'none'
        : merge.kind === 'conflict'
          ? 'conflict'
          : 'clean',
    conflicts: merge?.kind === 'conflict' ? merge.names.map(({ path }) => path) : [],
  };
}
