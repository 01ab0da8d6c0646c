import type { Landing } from '../project/landing.ts';
import { isOutline } from '../project/outline.ts';
import type { ProjectDetails } from '../project/project-details.ts';
import type { Completion, Decision, SteeringMessage, Update } from '../project/review.ts';
import { toWireFigures } from './evidence.ts';
import type { WireMessage, WireUpdate } from './schemas/message.ts';
import type { WireDecision, WireLanding, WireRound } from './schemas/round.ts';

type Told = Pick<ProjectDetails, 'project' | 'completions' | 'decisions' | 'evidence' | 'landings'>;

/** The submissions of a project, each with what was measured, the decision about it, and where it landed. */
export function toWireRounds({ project, completions, decisions, evidence, landings }: Told): WireRound[] {
  return completions.map((completion) => {
    const { round, runId } = completion;
    const decision = decisions.find((one) => one.round === round);
    const measured = evidence.find((one) => one.round === round && one.runId === runId);
    return {
      ...toWireSubmission(completion),
      outline: isOutline(project, round),
      measured: measured ? toWireFigures(measured) : null,
      decision: decision ? toWireDecision(decision) : null,
      landings: landings.filter(({ approvalId }) => approvalId === decision?.id).map(toWireLanding),
    };
  });
}

/** What Claude says. */
export function toWireSubmission(completion: Completion): WireSubmission {
  return {
    round: completion.round,
    attempt: completion.attempt,
    run_id: completion.runId,
    submitted_at: completion.createdAt,
    summary: completion.summary,
    caveats: completion.caveats,
    files_created: [...completion.filesCreated],
    files_modified: [...completion.filesModified],
  };
}

type WireSubmission = Omit<WireRound, 'outline' | 'measured' | 'decision' | 'landings'>;

function toWireLanding({ action, target, fromOid, toOid, outcome, detail, createdAt }: Landing): WireLanding {
  return { action, target, from_oid: fromOid, to_oid: toOid, outcome, detail: { ...detail }, at: createdAt };
}

export function toWireDecision(decision: Decision): WireDecision {
  return {
    verdict: decision.verdict,
    reason: decision.reason,
    revise_in: decision.reviseIn,
    allowed: [...decision.allowed],
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

export function toWireMessage(sent: SteeringMessage): WireMessage {
  return {
    id: sent.id,
    message: sent.message,
    run_id: sent.runId,
    created_at: sent.createdAt,
    delivered_at: sent.deliveredAt,
    plan_revision: sent.planRevision,
  };
}
