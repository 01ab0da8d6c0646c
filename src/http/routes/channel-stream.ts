import * as z from 'zod';
import {
  type ChannelPlace,
  type ChannelStart,
  channelNews,
  channelStart,
} from '../../bridge/follow-channel.ts';
import { channelFrameSchema } from '../../wire/schemas/channel-http.ts';
import { type Call, defineRoute } from '../define-route.ts';
import type { EventStream } from '../events/stream.ts';
import { problem } from '../problem.ts';
import { CHANNEL_PROBLEMS, channelProblem } from './channel-problem.ts';
import { openStream } from './stream-room.ts';

/** So much of what a client has missed is sent again. */
const MAX_REPLAY = 500;
const BATCH = 50;
const WAIT_MS = 30_000;

export const followChannel = defineRoute({
  method: 'GET',
  path: '/events/channel/:name{.+}',
  access: 'read',
  summary:
    'What is sent into a channel, as it happens: server-sent events `message` and `clear`, from now on or after the message named by `Last-Event-ID` or `since_id`.',
  params: z.strictObject({ name: z.string().describe('the channel; it may hold a slash') }),
  query: z.looseObject({ since_id: z.string().optional().describe('the last message that is known') }),
  answer: channelFrameSchema,
  problems: [...CHANNEL_PROBLEMS, 'too-many-streams'],
  example: {
    path: '/events/channel/shop:build?since_id=$EARLIER',
    goesOn: true,
    answer: `retry: 1000

id: $MESSAGE
event: message
data: {"seq":2,"id":"$MESSAGE","sender":"alice","content":"The build is green.","timestamp":"2026-03-01T12:00:07.000Z"}

`,
  },
  async run({ params: { name }, query }, call) {
    if (call.wantsJson) return { problem: NO_PAGE };
    const named = call.lastEventId || query.since_id;
    const start = await channelStart(call.bridge, name, named || undefined);
    if (!start.ok) return { problem: channelProblem(start.refusal) };
    return openStream(call, (stream) => follow(call, stream, name, start.value, named));
  },
});

const NO_PAGE = problem(
  'message-refused',
  'this is a stream of server-sent events; GET /api/messages and GET /api/wait answer JSON.',
);

async function follow(
  { bridge }: Call,
  stream: EventStream,
  channel: string,
  { place, isStale }: ChannelStart,
  named: string | undefined,
): Promise<void> {
  if (isStale) stream.tell('cursor_stale', { since_id: named ?? '' });
  let at: ChannelPlace = place;
  let replayed = 0;
  // What was there when it began: of that a client is sent so much and no more.
  for (let isReplay = true; !stream.closed.aborted; ) {
    const wait = { limit: BATCH, waitMs: isReplay ? 0 : WAIT_MS, signal: stream.closed };
    const news = await channelNews(bridge, channel, at, wait);
    at = news.place;
    for (const cleared of news.cleared) stream.tell('clear', { channel, cleared });
    if (news.messages.length > 0) await stream.write(news.messages.map(frameOf).join(''));
    replayed += news.messages.length;
    if (isReplay && replayed >= MAX_REPLAY) return stream.tell('replay_truncated', { limit: MAX_REPLAY });
    if (news.messages.length < BATCH) isReplay = false;
  }
}

type Message = Awaited<ReturnType<typeof channelNews>>['messages'][number];

function frameOf({ number, id, sender, content, createdAt }: Message): string {
  const data = { seq: number, id, sender, content, timestamp: createdAt };
  // An id is one line, also that of an imported message.
  return `id: ${id.replaceAll(/[\r\n\0]/g, '')}\nevent: message\ndata: ${JSON.stringify(data)}\n\n`;
}
