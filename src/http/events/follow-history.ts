import type { Cursor } from '../../bridge/changes.ts';
import type { EventFeed } from './feed.ts';
import type { EventStream } from './stream.ts';

export interface HistoryOptions {
  /** After which event it begins. */
  readonly from: Cursor;
  /** What the client is told first. */
  readonly hello: Readonly<Record<string, unknown>>;
  /** Why the position that the client named counts for nothing: it is to fetch everything again. */
  readonly reset: string | undefined;
}

/** What writes the history to one client, for as long as it stays. */
export function followHistory(feed: EventFeed, { from, hello, reset }: HistoryOptions) {
  return async (stream: EventStream): Promise<void> => {
    stream.tell('hello', hello);
    if (reset !== undefined) stream.tell('reset', { reason: reset });
    let position = from;
    while (!stream.closed.aborted) {
      const { newsSoFar } = feed;
      const { cursor, text } = feed.atHand(position) ?? (await feed.inTable(position));
      position = cursor;
      // It may have gone while the table was read.
      if (stream.closed.aborted) return;
      if (text !== '') await stream.write(text);
      else if (newsSoFar === feed.newsSoFar) position = await passOn(feed, stream, position);
    }
  };
}

/**
 * Passes on what comes, to a client that has all there is: without a promise for each event and client, which costs more
 * than the write. Resolves with the position of a client that has no room for more, is behind, or is gone.
 */
function passOn(feed: EventFeed, stream: EventStream, from: Cursor): Promise<Cursor> {
  const { promise, resolve } = Promise.withResolvers<Cursor>();
  let position = from;
  const end = () => {
    unlisten();
    stream.closed.removeEventListener('abort', end);
    resolve(position);
  };
  const unlisten = feed.listen(() => {
    for (let hasRoom = true; hasRoom; ) {
      const piece = feed.atHand(position);
      if (piece?.text === '') return;
      if (!piece) break;
      position = piece.cursor;
      hasRoom = stream.offer(piece.text);
    }
    end();
  });
  stream.closed.addEventListener('abort', end);
  return promise;
}
