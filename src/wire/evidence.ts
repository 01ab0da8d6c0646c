import type { Evidence } from '../project/evidence.ts';
import { figuresOf } from '../project/evidence-text.ts';
import { treeOf } from '../project/measured.ts';
import type { RecordedEvidence } from '../project/review.ts';
import type { RevisionChoice } from '../project/revision.ts';
import { allSnakeCase } from '../snake-case.ts';
import { toWireRevision } from './revision.ts';
import type {
  WireChangeList,
  WireEvidence,
  WireEvidenceFigures,
  WireShownEvidence,
} from './schemas/evidence.ts';

export function toWireEvidence(evidence: Evidence): WireEvidence {
  return allSnakeCase(evidence) as WireEvidence;
}

/** @param revision What a rejection begins; undefined where none is waited for. */
export function toWireShownEvidence(
  evidence: Evidence,
  revision: RevisionChoice | undefined,
): WireShownEvidence {
  return { ...toWireEvidence(evidence), revision: revision ? toWireRevision(revision) : null };
}

/** The changes are numbered from 1. */
export function toWireChangeList(diff: NonNullable<Evidence['diff']>): WireChangeList {
  const { changes, ...figures } = allSnakeCase(diff) as NonNullable<WireEvidence['diff']>;
  return { ...figures, changes: changes.map((change, index) => ({ number: index + 1, ...change })) };
}

export function toWireFigures({ round, attempt, evidence }: RecordedEvidence): WireEvidenceFigures {
  const { outline, measured, checksPassed, repairs, files, insertions, deletions, warnings, review } =
    figuresOf(evidence);
  return {
    round,
    attempt,
    tree: treeOf(evidence),
    commit: evidence.git?.commit ?? null,
    outline,
    measured,
    checks_passed: checksPassed,
    repairs,
    files,
    insertions,
    deletions,
    warnings,
    review,
  };
}
