import * as z from 'zod';
import { droppedText, MAX_CHANNEL_MESSAGES, shownName } from '../../project/channel.ts';
import { ok } from '../../result.ts';
import type { Call, Tool } from '../define-tool.ts';
import { ROOM_BYTES } from '../fit.ts';
import type { Verbs } from '../verbs.ts';
import { type ChannelScope, defineNamedTool, type Said } from './define-channel-tool.ts';
import { fittingRecords, PEERS_NOTE, recordLines } from './records.ts';

type ChannelPart = Extract<Awaited<ReturnType<Verbs['readChannel']>>, { ok: true }>['value'];

const DEFAULT_LIMIT = 20;
const limit = z.int().min(1).max(MAX_CHANNEL_MESSAGES).optional();
const reading = z.strictObject({
  channel: z.string(),
  since_id: z.string().optional(),
  limit,
  consumer_id: z.string().optional(),
});
const waiting = reading.extend({ timeout_seconds: z.number().min(0).max(55).optional() });

type Reading = z.output<typeof reading>;

const HINTS = { readOnly: true, destructive: false, idempotent: true };

export function receiveTool(scope: ChannelScope | undefined): Tool {
  return defineNamedTool(scope, {
    name: 'bridge_receive',
    title: 'Read messages',
    description: `Newest messages (default ${DEFAULT_LIMIT}), or those after since_id, or after what consumer_id acknowledged.`,
    hints: HINTS,
    who: 'consumer_id',
    input: reading,
    async run(input, { verbs }) {
      const part = await verbs.readChannel(readingOf(input));
      return part.ok ? ok(said(input, part.value)) : part;
    },
  });
}

/** Desktop gives up a call after 60 seconds in some versions (https://github.com/anthropics/claude-code/issues/22542). */
const MAX_SILENT_S = 25;
const DEFAULT_WAIT_S = 20;
/** A client that shows progress sees a sign of life this often. */
const PROGRESS_MS = 5_000;

export function waitTool(scope: ChannelScope | undefined): Tool {
  return defineNamedTool(scope, {
    name: 'bridge_wait',
    title: 'Wait for messages',
    description: 'bridge_receive that waits for messages. timed_out: call again.',
    hints: HINTS,
    who: 'consumer_id',
    input: waiting,
    run: wait,
  });
}

async function wait(input: z.output<typeof waiting>, call: Call) {
  const part = await nextPart(input, call);
  if (!part.ok) return part;
  const { messages, isStale } = part.value;
  const timedOut = messages.length === 0 && !isStale;
  const name = shownName(input.channel);
  const { lines, facts } = said(input, part.value);
  return ok({
    lines: timedOut
      ? [`[${name}] — no new messages before timeout`, ...droppedLines(part.value)]
      : isStale
        ? [`[${name}] — cursor not found in this channel`, ...droppedLines(part.value)]
        : lines,
    facts: { ...facts, timed_out: timedOut },
  });
}

async function nextPart(
  input: z.output<typeof waiting>,
  { verbs, clock, signal, takesProgress, progress }: Call,
): Promise<Awaited<ReturnType<Verbs['waitForChannel']>>> {
  const seconds = input.timeout_seconds ?? DEFAULT_WAIT_S;
  const totalMs = Math.min(seconds, takesProgress ? seconds : MAX_SILENT_S) * 1_000;
  const start = clock.monotonic();
  for (;;) {
    const doneMs = Math.min(clock.monotonic() - start, totalMs);
    await progress(Math.round(doneMs / 1_000), seconds);
    const waitMs = Math.min(totalMs - doneMs, takesProgress ? PROGRESS_MS : totalMs);
    const part = await verbs.waitForChannel(readingOf(input), { waitMs, signal });
    const isOver = !part.ok || part.value.messages.length > 0 || part.value.isStale;
    if (isOver || signal.aborted || doneMs >= totalMs) return part;
  }
}

function readingOf({ channel, since_id, consumer_id, limit = DEFAULT_LIMIT }: Reading) {
  return { channel, sinceId: since_id, reader: consumer_id, limit, maxBytes: ROOM_BYTES };
}

function said({ channel, since_id, consumer_id }: Reading, part: ChannelPart): Said {
  const { records, cursor, isCut } = fittingRecords(part.messages, part.offset);
  const more = isCut || part.hasMore;
  const next = cursor ?? since_id ?? part.after;
  const base = {
    channel,
    messages: records,
    next_cursor: next,
    consumer_id: consumer_id ?? null,
    warning: part.isStale ? ('since_id_not_found' as const) : null,
    ...(part.dropped > 0 ? { dropped: part.dropped } : {}),
  };
  const name = shownName(channel);
  if (part.isStale)
    return {
      lines: [
        `[${name}] — since_id ${short(since_id)} not found in this channel (cursor stale); re-sync without since_id`,
        ...droppedLines(part),
      ],
      facts: { ...base, next_cursor: null },
    };
  if (records.length === 0)
    return {
      lines: [
        `[${name}] — no messages${part.after === null ? '' : ` after ${short(part.after)}`}`,
        ...droppedLines(part),
      ],
      facts: base,
    };
  return {
    lines: [
      `[${name}] — ${records.length} message(s)`,
      ...droppedLines(part),
      '',
      ...records.flatMap(recordLines),
      ...(more ? [`More: call again with since_id ${next}.`] : []),
      PEERS_NOTE,
    ],
    facts: { ...base, ...(more ? { more: true } : {}), note: PEERS_NOTE },
  };
}

function droppedLines({ dropped }: ChannelPart): string[] {
  return dropped > 0 ? [droppedText(dropped)] : [];
}

function short(id = ''): string {
  return shownName(id.slice(0, 8));
}
