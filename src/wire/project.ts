import type { Project } from '../project/project.ts';
import type { WireProject } from './schemas/project.ts';

export function toWireProject(project: Project): WireProject {
  return {
    id: project.id,
    title: project.title,
    status: project.status,
    workspace: project.workspace,
    priority: project.priority,
    model: project.model,
    max_turns: project.maxTurns,
    timeout_ms: project.timeoutMs,
    budget_usd: project.budgetUsd,
    claimed_by: project.claimedBy,
    session_id: project.sessionId,
    round: project.round,
    tries: project.tries,
    not_before: project.notBefore,
    attention: project.attention,
    created_at: project.createdAt,
    updated_at: project.updatedAt,
  };
}
