import * as z from 'zod';
import { plural } from '../../project/text.ts';
import type { WireMemoryHead } from '../../wire/schemas/memory-results.ts';
import { defineTool } from '../define-tool.ts';
import { fitting, ROOM_BYTES } from '../fit.ts';
import { headLine, headRecord } from './records.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export const listTool = defineTool({
  name: 'memory_list',
  title: 'List the shared memory',
  description: 'Keys, with version, author, time and size. Look here first.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    prefix: z.string().optional(),
    after: z.string().optional(),
    limit: z.number().optional(),
  }),
  async run({ prefix, after, limit = DEFAULT_LIMIT }, { verbs }) {
    const wanted = Math.trunc(Math.min(Math.max(limit, 1), MAX_LIMIT));
    const { keys, hasMore, total } = await verbs.listMemory({ prefix, after, limit: wanted });
    const records = keys.map(headRecord);
    const shown: WireMemoryHead[] = fitting(records, (record) => record, ROOM_BYTES / 2);
    const next = hasMore || shown.length < records.length ? shown.at(-1)?.key : undefined;
    const lines = [
      shown.length === 0 ? 'No keys here.' : `${plural(shown.length, 'key')} of ${total.keys}:`,
      ...shown.map(headLine),
      ...(next === undefined ? [] : [`More: call again with after ${JSON.stringify(next)}.`]),
    ];
    const facts = {
      keys: shown,
      total_keys: total.keys,
      ...(next === undefined ? {} : { next_after: next }),
    };
    return { ok: true, text: lines.join('\n'), facts };
  },
});
