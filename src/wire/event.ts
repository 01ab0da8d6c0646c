import type { Outcome } from '../project/outcome.ts';
import { toWireOutcome } from './run.ts';
import type { WireEvent } from './schemas/event.ts';

/** An event as the history keeps it. */
export interface StoredEvent {
  readonly id: number;
  readonly projectId: string | null;
  readonly runId: string | null;
  readonly type: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

export function toWireEvent({ id, projectId, runId, type, actor, data, createdAt }: StoredEvent): WireEvent {
  return {
    id,
    project_id: projectId,
    run_id: runId,
    type,
    actor,
    data: isOutcome(data.outcome) ? { ...data, outcome: toWireOutcome(data.outcome) } : data,
    created_at: createdAt,
  };
}

/** An outcome of a newer program may have a kind that is not known here; its facts are passed on. */
function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
