import {
  type BridgeEvent,
  type EventData,
  type EventTable,
  type EventType,
  present,
  type UnknownEvent,
} from '../project/event.ts';
import { toWireOutcome } from './run.ts';
import type { WireEvent, WireEventData } from './schemas/event.ts';

/** An event of the history. One that only a newer program knows keeps, as `raw`, what is stored of it. */
export function toWireEvent(event: BridgeEvent): WireEvent {
  // The table pairs each type with its data; the compiler cannot follow that through a lookup.
  return {
    id: event.id,
    project_id: event.projectId,
    run_id: event.runId,
    type: event.type,
    actor: event.actor,
    ...present<Facts>(event, FACTS, ({ raw }) => ({ raw })),
    created_at: event.createdAt,
  } as WireEvent;
}

type Facts = { readonly data: WireEventData<EventType> } | Pick<UnknownEvent, 'raw'>;

type FactsTable = {
  readonly [T in EventType]: (data: EventData<T>) => { readonly data: WireEventData<T> };
};

const asIs = <Data>(data: Data) => ({ data });

const FACTS: FactsTable & EventTable<Facts> = {
  'project.sent': asIs,
  'project.claimed': asIs,
  'project.updated': asIs,
  'project.submitted': asIs,
  'project.approved': asIs,
  'project.rejected': asIs,
  'project.revision_started': asIs,
  'project.completed': asIs,
  'project.cancelled': asIs,
  'project.steered': ({ message, messageId }) => ({ data: { message, message_id: messageId } }),
  'project.steering_delivered': asIs,
  'project.needs_attention': asIs,
  'project.retried': asIs,
  'run.started': ({ sessionId, ...data }) => ({ data: { ...data, session_id: sessionId } }),
  'run.spawned': asIs,
  'run.ready': ({ model, claudeVersion }) => ({ data: { model, claude_version: claudeVersion } }),
  'run.ended': ({ outcome, costUsd, costBasis, ...data }) => ({
    data: { outcome: toWireOutcome(outcome), cost_usd: costUsd, cost_basis: costBasis, ...data },
  }),
  'runs.output_removed': asIs,
  'hold.set': asIs,
  'hold.ended': asIs,
  'supervisor.started': asIs,
  'supervisor.stop_requested': asIs,
  'supervisor.stopped': asIs,
};
