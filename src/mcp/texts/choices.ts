import type { MeasuredRound } from '../../bridge/measured-round.ts';
import { describeLandingPlan } from '../../project/landing-plan.ts';
import { describeRevision } from '../../project/revision-text.ts';
import { cleanLine } from '../../project/text.ts';
import { toWireRevision } from '../../wire/revision.ts';
import type { WireRevision } from '../../wire/schemas/revision.ts';

/** What an approval does and what a rejection begins, for an answer about work that waits for either. */
export function choiceFacts({ landing, revision }: Pick<MeasuredRound, 'landing' | 'revision'>): {
  approval?: string;
  rejection?: string;
  revision?: WireRevision;
} {
  return {
    ...(landing ? { approval: describeLandingPlan(landing, cleanLine) } : {}),
    ...(revision ? { rejection: describeRevision(revision), revision: toWireRevision(revision) } : {}),
  };
}
