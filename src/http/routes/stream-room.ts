import type { Call } from '../define-route.ts';
import { type Problem, problem } from '../problem.ts';

/** Why whoever calls may open no further stream; undefined: they may. */
export function hasNoRoom({
  events,
  caller,
}: Call & { readonly caller: NonNullable<Call['caller']> }): Problem | undefined {
  return events.hasRoomFor(caller.name) ? undefined : TOO_MANY_STREAMS;
}

export const TOO_MANY_STREAMS = problem(
  'too-many-streams',
  'too many streams are open; end one, or share it.',
  {
    headers: { 'Retry-After': '1' },
  },
);
