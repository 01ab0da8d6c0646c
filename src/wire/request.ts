import type { AskedRequest } from '../project/request.ts';
import type { ResumeCost } from '../project/resume-cost.ts';
import type { WireRequest, WireResumeCost } from './schemas/request.ts';

/** @param cost What a decision on it costs; null: nothing is read again. */
export function toWireRequest(request: AskedRequest, cost: ResumeCost | null): WireRequest {
  return {
    id: request.id,
    project_id: request.projectId,
    run_id: request.runId,
    kind: request.kind,
    state: request.state,
    tool_name: request.toolName,
    input: request.input,
    agent_id: request.agentId,
    question: request.question,
    options: [...request.options],
    default_answer: request.defaultAnswer,
    deadline: request.deadline,
    scope: request.scope,
    answer: request.answer,
    decided_by: request.decidedBy,
    decided_via: request.decidedVia,
    created_at: request.createdAt,
    decided_at: request.decidedAt,
    cut_off_at: request.cutOffAt,
    repeats: request.repeats,
    resume_cost: cost && toWireResumeCost(cost),
  };
}

export function toWireResumeCost({ tokens, usd, cachedUntil }: ResumeCost): WireResumeCost {
  return { tokens, usd, cached_until: cachedUntil };
}
