import * as z from 'zod';
import { path } from './scalars.ts';

export const importSchema = z
  .strictObject({
    dry_run: z.boolean().describe('nothing was changed'),
    file: path(),
    kind: z.enum(['claude-bridge', 'relay']).describe('whose file it is'),
    messages: z.int().describe('in the file'),
    added: z.int().describe('of these, now, or to be added'),
    channels: z.int().describe('that the added ones belong to'),
    renamed: z.int().describe('of the added ones, under a cleaned name of the channel or sender'),
    without_key: z.int().describe('of the added ones, since another message here has their key'),
    readers: z.int().describe('moved forward; before: in the file'),
    unread: z.int().describe('of the added ones of a relay, those that their side has not read'),
  })
  .describe('What `import` took over, or would.');

export type WireImport = z.output<typeof importSchema>;
