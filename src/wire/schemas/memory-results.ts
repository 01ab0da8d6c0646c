/** What each tool of the shared memory answers as structured content. */
import * as z from 'zod';

const key = z.string();
const version = z.int().describe('rises with each change of any key');
const done = { ok: z.literal(true), key };

const head = {
  version,
  author: z.string().describe('`desktop`, `code`, or a person'),
  run_id: z.string().exactOptional().describe('the run of the supervisor that wrote it'),
  written_at: z.string(),
  bytes: z.int().describe('of the value as JSON'),
};

const memoryHeadSchema = z.strictObject({ key, ...head });

export type WireMemoryHead = z.output<typeof memoryHeadSchema>;

export const MEMORY_RESULTS = {
  memory_set: z.strictObject({
    ...done,
    version,
    unchanged: z.boolean().describe('it had this value already'),
  }),
  memory_get: z.strictObject({
    found: z.boolean(),
    deleted: z.literal(true).exactOptional().describe('with this version'),
    key,
    version: version.exactOptional(),
    author: head.author.exactOptional(),
    run_id: head.run_id,
    written_at: head.written_at.exactOptional(),
    bytes: head.bytes.exactOptional(),
    value: z.unknown().optional().describe('as it was written'),
    value_json: z
      .string()
      .exactOptional()
      .describe(
        'instead of `value`: its JSON, or a part of it, with characters that hide or reorder text escaped',
      ),
    value_offset: z.int().exactOptional().describe('it begins at this character'),
    value_left: z.int().exactOptional().describe('so many characters are left out'),
    next_version: z.string().exactOptional().describe('the `version` with which to read on'),
    other_versions: z.array(z.int()).describe('that can be read, the newest first'),
    note: z.string().exactOptional().describe('how to take words of others'),
  }),
  memory_list: z.strictObject({
    keys: z.array(memoryHeadSchema).describe('by name'),
    total_keys: z.int(),
    next_after: key.exactOptional().describe('the `after` with which to read on'),
  }),
  memory_delete: z.strictObject({
    ...done,
    deleted: z.boolean().describe('false: there was no such key'),
    version: version.exactOptional(),
  }),
};
