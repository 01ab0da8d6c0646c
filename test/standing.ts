/** Where a project stands by its history alone: each event is a move of the transition table, or changes nothing of it. */
import { EVENTS, isEventType } from '../src/project/event.ts';
import { next, type Standing } from '../src/project/project.ts';

export const SENT: Standing = { status: 'pending', claimedBy: null, attentionFrom: null };

interface Told {
  readonly type: string;
  readonly actor: string;
  readonly data: unknown;
}

/** The standing after an event; undefined when the table has no such move. */
export function standingAfter(standing: Standing, { type, actor, data }: Told): Standing | undefined {
  const action = isEventType(type) ? EVENTS[type].action : undefined;
  if (!action) return standing;
  const status = next(standing, action);
  if (!status) return undefined;
  switch (type) {
    case 'project.claimed':
      return { ...standing, status, claimedBy: (data as { by: Standing['claimedBy'] }).by };
    case 'project.revision_started':
      return { ...standing, status, claimedBy: actor === 'code' ? 'code' : 'supervisor' };
    case 'project.needs_attention':
      return { ...standing, status, attentionFrom: standing.status };
    case 'project.retried':
      return { status, claimedBy: status === 'pending' ? null : standing.claimedBy, attentionFrom: null };
    case 'project.cancelled':
      return { ...standing, status, attentionFrom: null };
    default:
      return { ...standing, status };
  }
}
