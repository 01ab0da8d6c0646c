import type { Outcome } from '../project/outcome.ts';
import type { LiveState, Run } from '../project/run.ts';
import { allSnakeCase, withSnakeCase } from '../snake-case.ts';
import { toWireRevision } from './revision.ts';
import type { WireOutcome } from './schemas/outcome.ts';
import type { WireRun } from './schemas/run.ts';

/** Without what only the supervisor needs: the start of the process, and what the workspace looked like. */
export function toWireRun(run: Run): WireRun {
  return {
    id: run.id,
    project_id: run.projectId,
    kind: run.kind,
    round: run.round,
    workspace: run.workspace,
    session_id: run.sessionId,
    revision: run.revision && toWireRevision(run.revision),
    plan_revision: run.planRevision,
    model: run.model,
    model_used: run.modelUsed,
    pid: run.pid,
    claude_version: run.claudeVersion,
    live: toWireLive(run.live),
    context: run.context && (allSnakeCase(run.context) as WireRun['context']),
    cost_usd: run.costUsd,
    cost_basis: run.costBasis,
    outcome: run.outcome && toWireOutcome(run.outcome),
    created_at: run.createdAt,
    spawned_at: run.spawnedAt,
    ready_at: run.readyAt,
    answered_at: run.answeredAt,
    ended_at: run.endedAt,
  };
}

function toWireLive(live: LiveState): WireRun['live'] {
  return {
    last_sign_at: live.lastSignAt,
    current_tool: live.currentTool,
    turns: live.turns,
    cost_usd: live.costUsd,
    todos_done: live.todosDone,
    todos_total: live.todosTotal,
    current_todo: live.currentTodo,
  };
}

export function toWireOutcome(outcome: Outcome): WireOutcome {
  return withSnakeCase(outcome) as WireOutcome;
}
