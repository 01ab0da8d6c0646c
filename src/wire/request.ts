import type { AskedRequest } from '../project/request.ts';
import type { WireRequest } from './schemas/request.ts';

export function toWireRequest(request: AskedRequest): WireRequest {
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
  };
}
