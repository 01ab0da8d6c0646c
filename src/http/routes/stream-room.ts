import type { CallOfSomebody, Reply } from '../define-route.ts';
import type { EventStream } from '../events/stream.ts';
import { problem } from '../problem.ts';

/** Opens a stream that tells what `follow` has to tell, unless whoever calls may open no further one. */
export async function openStream(
  { events, caller, mayStillRead }: CallOfSomebody,
  follow: (stream: EventStream) => Promise<void>,
): Promise<Reply> {
  if (!events.hasRoomFor(caller.name)) return { problem: TOO_MANY_STREAMS };
  await events.feed.start();
  return { stream: (out) => events.open(out, caller.name, { mayRead: mayStillRead, follow }) };
}

export const TOO_MANY_STREAMS = problem(
  'too-many-streams',
  'too many streams are open; end one, or share it.',
  {
    headers: { 'Retry-After': '1' },
  },
);
