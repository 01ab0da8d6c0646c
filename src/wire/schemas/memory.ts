import * as z from 'zod';
import { count } from './scalars.ts';

const memoryHeadSchema = z.strictObject({
  key: z.string(),
  version: z.int().describe('rises with each change of any key'),
  author: z.string().describe('`desktop`, `code`, or a person'),
  run_id: z.string().nullable().describe('the run of the supervisor that wrote it'),
  written_at: z.iso.datetime(),
  bytes: count().describe('of the value as JSON; 0: deleted with this version'),
});

export const memoryListSchema = z
  .strictObject({
    keys: z.array(memoryHeadSchema).describe('by name'),
    total_keys: count(),
    total_bytes: count().describe('of their values'),
  })
  .describe('The keys of the shared memory, without their values.');

export const memoryReadSchema = z
  .strictObject({
    ...memoryHeadSchema.shape,
    value: z.unknown().describe('null: deleted with this version'),
    versions: z.array(memoryHeadSchema.omit({ key: true })).describe('that can be read, the newest first'),
  })
  .describe('A key of the shared memory.');

export const memorySetSchema = z
  .strictObject({ ...memoryHeadSchema.shape, unchanged: z.boolean().describe('it had this value already') })
  .describe('What was written, or is there already.');

export const memoryDeletedSchema = z
  .strictObject({
    key: z.string(),
    deleted: z.boolean().describe('false: there was no such key'),
    version: z.int().nullable().describe('with which it was deleted'),
  })
  .describe('What was deleted.');

export type WireMemoryHead = z.output<typeof memoryHeadSchema>;
export type WireMemoryList = z.output<typeof memoryListSchema>;
export type WireMemoryRead = z.output<typeof memoryReadSchema>;
export type WireMemorySet = z.output<typeof memorySetSchema>;
export type WireMemoryDeleted = z.output<typeof memoryDeletedSchema>;
