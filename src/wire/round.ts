import type { Completion, Decision, SteeringMessage, Update } from '../project/review.ts';
import type { WireMessage, WireUpdate } from './schemas/message.ts';
import type { WireDecision, WireRound } from './schemas/round.ts';

/** The submissions of a project, each with the decision about it. */
export function toWireRounds(
  completions: readonly Completion[],
  decisions: readonly Decision[],
): WireRound[] {
  return completions.map((completion) =>
    toWireRound(
      completion,
      decisions.find(({ round }) => round === completion.round),
    ),
  );
}

export function toWireRound(completion: Completion, decision?: Decision): WireRound {
  return {
    round: completion.round,
    attempt: completion.attempt,
    run_id: completion.runId,
    submitted_at: completion.createdAt,
    summary: completion.summary,
    caveats: completion.caveats,
    files_created: [...completion.filesCreated],
    files_modified: [...completion.filesModified],
    decision: decision ? toWireDecision(decision) : null,
  };
}

export function toWireDecision(decision: Decision): WireDecision {
  return {
    verdict: decision.verdict,
    reason: decision.reason,
    tree: decision.tree,
    base_oid: decision.baseOid,
    bound: decision.bound,
    decided_by: decision.decidedBy,
    decided_via: decision.decidedVia,
    decided_at: decision.createdAt,
  };
}

export function toWireUpdate({ id, runId, message, createdAt }: Update): WireUpdate {
  return { id, run_id: runId, message, created_at: createdAt };
}

export function toWireMessage({ id, message, runId, createdAt, deliveredAt }: SteeringMessage): WireMessage {
  return { id, message, run_id: runId, created_at: createdAt, delivered_at: deliveredAt };
}
