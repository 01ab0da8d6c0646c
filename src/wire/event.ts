import {
  type BridgeEvent,
  type EventData,
  type EventTable,
  type EventType,
  present,
  typeOf,
  type UnknownEvent,
} from '../project/event.ts';
import { toWireOutcome } from './run.ts';
import type { WireEvent } from './schemas/event.ts';

/** An event of the history; one that only a newer program knows is passed on as it is stored. */
export function toWireEvent(event: BridgeEvent): WireEvent {
  return {
    id: event.id,
    project_id: event.projectId,
    run_id: event.runId,
    type: typeOf(event),
    actor: event.actor,
    data: present(event, DATA, unknownData),
    created_at: event.createdAt,
  };
}

const asItIs = (data: EventData<EventType>) => data;

const DATA: EventTable<WireEvent['data']> = {
  'project.sent': asItIs,
  'project.claimed': asItIs,
  'project.updated': asItIs,
  'project.submitted': asItIs,
  'project.approved': asItIs,
  'project.rejected': asItIs,
  'project.revision_started': asItIs,
  'project.completed': asItIs,
  'project.cancelled': asItIs,
  'project.steered': ({ message, messageId }) => ({ message, message_id: messageId }),
  'project.steering_delivered': asItIs,
  'project.needs_attention': asItIs,
  'project.retried': asItIs,
  'run.started': ({ sessionId, ...data }) => ({ ...data, session_id: sessionId }),
  'run.spawned': asItIs,
  'run.ready': ({ model, claudeVersion }) => ({ model, claude_version: claudeVersion }),
  'run.ended': ({ outcome, costUsd, costBasis, ...data }) => ({
    outcome: toWireOutcome(outcome),
    cost_usd: costUsd,
    cost_basis: costBasis,
    ...data,
  }),
  'runs.output_removed': asItIs,
  'hold.set': asItIs,
  'hold.ended': asItIs,
  'supervisor.started': asItIs,
  'supervisor.stop_requested': asItIs,
  'supervisor.stopped': asItIs,
};

function unknownData({ raw }: UnknownEvent): WireEvent['data'] {
  return typeof raw.data === 'object' && raw.data !== null ? { ...raw.data } : { value: raw.data };
}
