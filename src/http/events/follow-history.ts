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
      const { news } = feed;
      const frames = await feed.after(position);
      for (const { cursor, text } of frames) {
        if (stream.closed.aborted) return;
        await stream.write(text);
        position = cursor;
      }
      if (frames.length === 0) await stream.unlessClosed(news);
    }
  };
}
