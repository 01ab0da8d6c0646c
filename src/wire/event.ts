import type { BridgeEvent } from '../project/event.ts';
import { withSnakeCase } from '../snake-case.ts';
import { toWireOutcome } from './run.ts';
import type { WireEvent } from './schemas/event.ts';

/** An event of the history. One that only a newer program knows keeps, as `raw`, what is stored of it. */
export function toWireEvent(event: BridgeEvent): WireEvent {
  // The compiler cannot pair each type with its data here; a test parses an event of every type.
  return {
    id: event.id,
    project_id: event.projectId,
    run_id: event.runId,
    type: event.type,
    actor: event.actor,
    ...(event.type === 'unknown' ? { raw: event.raw } : { data: toWireData(event.data) }),
    created_at: event.createdAt,
  } as WireEvent;
}

function toWireData(data: Extract<BridgeEvent, { data: unknown }>['data']): object {
  const facts = withSnakeCase(data);
  return 'outcome' in data ? { ...facts, outcome: toWireOutcome(data.outcome) } : facts;
}
