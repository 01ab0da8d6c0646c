import * as z from 'zod';
import {
  type Changes,
  type Cursor,
  changesSince,
  currentCursor,
  cursorFrom,
  type History,
  historyOf,
} from '../../bridge/changes.ts';
import { VERSION } from '../../version.ts';
import { toWireEvent } from '../../wire/event.ts';
import { eventPageSchema } from '../../wire/schemas/http.ts';
import { NOT_SIGNED_IN } from '../access/admit.ts';
import { BUILD } from '../build.ts';
import { type CallOfSomebody, defineRoute, type Reply } from '../define-route.ts';
import { followHistory } from '../events/follow-history.ts';
import { problem } from '../problem.ts';
import { openStream, TOO_MANY_STREAMS } from './stream-room.ts';

const MAX_EVENTS = 200;
const MAX_WAIT_SECONDS = 25;

export const followEvents = defineRoute({
  method: 'GET',
  path: '/events',
  access: 'read',
  summary:
    'The history as it happens: server-sent events, from now on or after the event named by `Last-Event-ID` or `after`. With `Accept: application/json` one page instead, for which it waits.',
  query: z.strictObject({
    after: z.string().optional().describe('the id of the last event that is known; 0: from the beginning'),
    epoch: z
      .string()
      .max(100)
      .optional()
      .describe(
        'the `epoch` of the history that `after` is of; of another one, everything is to be fetched again',
      ),
    wait: z.coerce
      .number()
      .min(0)
      .max(MAX_WAIT_SECONDS)
      .default(0)
      .describe('of a page: how many seconds it may take until there is something'),
  }),
  answer: eventPageSchema,
  problems: ['wrong-cursor', 'too-many-streams'],
  example: {
    path: '/events?after=0',
    goesOn: true,
    answer: `retry: 1000

event: hello
data: {"cursor":"0","epoch":"…","oldest":"0","version":"…","build":"…","role":"admin","channels":…}

id: 1
data: {"id":1,"project_id":null,"run_id":null,"type":"supervisor.started","actor":"supervisor","data":{"pid":42,"version":"…"},"created_at":"2026-03-01T12:00:00.000Z"}

…`,
  },
  async run({ query }, call) {
    const named = call.lastEventId ?? query.after;
    if (named !== undefined && !/^\d{1,15}$/.test(named)) return { problem: WRONG_CURSOR };
    const history = await historyOf(call.bridge);
    const known = named === undefined ? undefined : await cursorFrom(call.bridge, named);
    const isOfAnother = query.epoch !== undefined && query.epoch !== history.epoch;
    const from = known?.ok && !isOfAnother ? known.value : await currentCursor(call.bridge);
    // The store is another one: what the client knows has not happened here, whatever it has a number of.
    const reset = isOfAnother ? 'epoch' : known?.ok === false ? 'ahead' : undefined;
    const begin: Beginning = { from, reset, history };
    return call.wantsJson ? page(call, begin, query.wait) : stream(call, begin);
  },
});

const WRONG_CURSOR = problem('wrong-cursor', 'the id of an event is a number.');

interface Beginning {
  readonly from: Cursor;
  readonly reset: 'ahead' | 'epoch' | undefined;
  readonly history: History;
}

/** Waits by the reader of all streams: however many wait, the store is watched once. */
async function page(call: CallOfSomebody, begin: Beginning, seconds: number): Promise<Reply> {
  if (seconds === 0 || begin.reset !== undefined) return pageOf(begin, await found(call, begin));
  const { events, caller } = call;
  const leave = events.takePlace(caller.name);
  if (!leave) return { problem: TOO_MANY_STREAMS };
  try {
    await events.feed.start();
    const changes = await waited(call, begin, seconds);
    // What it was let in by may be worth nothing by now.
    return (await call.mayStillRead()) ? pageOf(begin, changes) : { problem: NOT_SIGNED_IN };
  } finally {
    leave();
  }
}

async function waited(call: CallOfSomebody, begin: Beginning, seconds: number): Promise<Changes> {
  const { clock, events, signal } = call;
  const answered = new AbortController();
  const over = clock.sleep(seconds * 1_000, AbortSignal.any([signal, answered.signal])).then(() => true);
  for (let isOver = false; ; ) {
    const { news } = events.feed;
    const changes = await found(call, begin);
    if (changes.events.length > 0 || isOver) {
      answered.abort();
      return changes;
    }
    isOver = await Promise.race([over, news.then(() => signal.aborted)]);
  }
}

async function found({ bridge }: CallOfSomebody, { from }: Beginning): Promise<Changes> {
  return changesSince(bridge, from, { waitMs: 0, limit: MAX_EVENTS });
}

function pageOf({ reset, history: { epoch } }: Beginning, { events, cursor }: Changes): Reply {
  const told = events.map(({ cursor: _, ...event }) => toWireEvent(event));
  return {
    body: { events: told, cursor, epoch, reset: reset ?? null },
    headers: { 'Bridge-Cursor': cursor },
  };
}

async function stream(call: CallOfSomebody, { from, reset, history }: Beginning): Promise<Reply> {
  const { events, caller } = call;
  await events.channels.start();
  const { kept } = events.channels;
  const hello = {
    ...{ cursor: from, ...history, version: VERSION, build: BUILD, role: caller.role },
    channels: kept.newest,
  };
  const follow = followHistory(events.feed, { from, reset, hello });
  return openStream(call, async (stream) => {
    const unlisten = events.channels.listen(kept, (now) => stream.tell('channels', { ...now }));
    await follow(stream).finally(unlisten);
  });
}
