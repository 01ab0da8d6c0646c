import { expect, test } from 'vitest';
import { BEGINNING } from '../../src/bridge/changes.ts';
import type { EventFeed } from '../../src/http/events/feed.ts';
import { followHistory } from '../../src/http/events/follow-history.ts';
import type { EventStream } from '../../src/http/events/stream.ts';

test('a client that goes away while the table is read for it is followed no more', async () => {
  const gone = new AbortController();
  const listeners = new Set<() => void>();
  const feed = {
    newsSoFar: 0,
    atHand: () => undefined,
    async inTable() {
      gone.abort();
      return { cursor: BEGINNING, text: '' };
    },
    listen(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as EventFeed;
  const stream = { closed: gone.signal, tell: () => undefined } as unknown as EventStream;
  const follow = followHistory(feed, { from: BEGINNING, hello: {}, reset: undefined });
  const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'still followed').unref());
  expect(await Promise.race([follow(stream), late])).toBeUndefined();
  expect(listeners.size).toBe(0);
});
