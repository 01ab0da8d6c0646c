import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { inQuotes } from '../../project/quotation.ts';
import { ok } from '../../result.ts';
import { VERSION } from '../../version.ts';
import type { WireChannelRecord } from '../../wire/schemas/channel-results.ts';
import type { Call, Tool } from '../define-tool.ts';
import { bytesOf, fitting, ROOM_BYTES } from '../fit.ts';
import { shownTime } from '../texts/time.ts';
import { type ChannelScope, defineChannelTool } from './define-channel-tool.ts';
import { PEERS_NOTE, partOf, recordOf } from './records.ts';

const HINTS = { readOnly: true, destructive: false, idempotent: true };

const after = z.string().optional();

export function channelsTool(scope: ChannelScope | undefined): Tool {
  return defineChannelTool({
    name: 'bridge_channels',
    title: 'List channels',
    description: 'List channels.',
    hints: HINTS,
    input: z.strictObject({ after }),
    async run({ after = '' }, call) {
      const all = await channelsOf(scope, call);
      const total = all.reduce((sum, { count }) => sum + count, 0);
      const rest = all.filter(({ channel }) => after === '' || channel > after);
      const shown = fitting(rest, factsOf);
      const next = nextAfter(shown.length < rest.length, shown.at(-1)?.channel);
      return ok({
        lines:
          all.length === 0
            ? ['No active channels yet.']
            : [
                `Active channels (${all.length}, ${total} total messages):`,
                ...shown.map(
                  ({ channel, count, lastAt }) =>
                    `  • ${shownName(channel)}  (${count} msgs, last: ${lastAt})`,
                ),
                ...next.lines,
              ],
        facts: { channels: shown.map(factsOf), total_messages: total, ...next.facts },
      });
    },
  });
}

export function pingTool(scope: ChannelScope | undefined): Tool {
  return defineChannelTool({
    name: 'bridge_ping',
    title: 'Say whether channels work',
    description: 'Check that the bridge works.',
    hints: HINTS,
    input: z.strictObject({}),
    async run(_, call) {
      const all = await channelsOf(scope, call);
      const messages = all.reduce((sum, { count }) => sum + count, 0);
      const now = call.clock.now().toISOString();
      return ok({
        lines: [
          '✓ Claude Bridge online',
          `  Channels: ${all.length}`,
          `  Messages: ${messages}`,
          `  Server time: ${now}`,
        ],
        facts: {
          service: 'claude-bridge',
          version: VERSION,
          channels: all.length,
          messages,
          server_time: now,
        },
      });
    },
  });
}

const DEFAULT_PER_CHANNEL = 5;
const MAX_PER_CHANNEL = 50;
const PREVIEW_CHARACTERS = 120;
/** What a message takes at most, so that one alone does not fill the answer. */
const MESSAGE_BYTES = 2_000;

export function statusTool(scope: ChannelScope | undefined): Tool {
  return defineChannelTool({
    name: 'bridge_status',
    title: 'Show the newest messages',
    description: `The newest messages of each channel (default ${DEFAULT_PER_CHANNEL}).`,
    hints: HINTS,
    input: z.strictObject({ per_channel: z.number().optional(), after }),
    async run({ per_channel: wanted = DEFAULT_PER_CHANNEL, after = '' }, call) {
      const all = await channelsOf(scope, call);
      const rest = all.filter(({ channel }) => after === '' || channel > after);
      const perChannel = Math.trunc(Math.min(Math.max(wanted, 1), MAX_PER_CHANNEL));
      const boxes = await boxesOf(rest, perChannel, call);
      const next = nextAfter(boxes.length < rest.length, boxes.at(-1)?.channel);
      if (all.length === 0) return ok({ lines: ['No active channels.'], facts: { channels: [] } });
      return ok({
        lines: [...boxes.flatMap(boxLines), ...next.lines, PEERS_NOTE],
        facts: { channels: boxes, ...next.facts, note: PEERS_NOTE },
      });
    },
  });
}

interface Box {
  readonly channel: string;
  readonly total: number;
  readonly messages: readonly WireChannelRecord[];
}

/** As many channels as fit, with the newest messages of each; the first one at least. */
async function boxesOf(channels: readonly Summary[], perChannel: number, { verbs }: Call): Promise<Box[]> {
  const boxes: Box[] = [];
  let used = 0;
  for (const { channel, count } of channels) {
    const newest = await verbs.newestInChannel(channel, perChannel);
    const records = newest.map((message) => {
      const record = recordOf(message);
      return bytesOf(record) <= MESSAGE_BYTES ? record : partOf(message, 0, MESSAGE_BYTES / 2);
    });
    // The newest, where not all fit.
    const messages = fitting(records.toReversed(), (record) => record).reverse();
    const box = { channel, total: count, messages };
    used += bytesOf(box);
    if (used > ROOM_BYTES && boxes.length > 0) return boxes;
    boxes.push(box);
  }
  return boxes;
}

function boxLines({ channel, total, messages }: Box): string[] {
  return [
    `┌─ [${shownName(channel)}] — ${total} total`,
    ...messages.flatMap(({ seq, sender, timestamp, content }) => [
      `│  [${seq}] ${shownName(sender)} @ ${shownTime(timestamp)}`,
      `│  ${preview(content)}`,
    ]),
    `└${'─'.repeat(40)}`,
  ];
}

function preview(content: string): string {
  const line = content.replaceAll(/\s+/g, ' ');
  const isLong = line.length > PREVIEW_CHARACTERS;
  return inQuotes(isLong ? `${line.slice(0, PREVIEW_CHARACTERS).toWellFormed()}…` : line);
}

type Summary = Awaited<ReturnType<Call['verbs']['channels']>>[number];

function channelsOf(scope: ChannelScope | undefined, { verbs }: Call): Promise<Summary[]> {
  return verbs.channels(scope?.prefix);
}

function factsOf({ channel, count, lastAt }: Summary) {
  return { channel, count, last_timestamp: lastAt };
}

function nextAfter(isCut: boolean, last: string | undefined) {
  if (!isCut || last === undefined) return { lines: [], facts: {} };
  return { lines: [`More: call again with after ${shownName(last)}.`], facts: { next_after: last } };
}
