/** What happens to the shared memory. The values are in no event: whoever may read the history need not read the memory. */
import * as z from 'zod';
import { event } from './event-kind.ts';

const key = () => z.string();
const version = () => z.int().describe('Rises with each change of any key');

const counts = () => ({ entities: z.int(), observations: z.int(), relations: z.int() });

export const MEMORY_EVENTS = {
  'memory.set': event('Somebody wrote a value into the shared memory.', () => ({
    key: key(),
    version: version(),
    bytes: z.int().describe('Of the value'),
  })),
  'memory.deleted': event('Somebody deleted a key of the shared memory.', () => ({
    key: key(),
    version: version(),
  })),
  'memory.graph_added': event('Somebody wrote into the graph of the shared memory.', counts),
  'memory.graph_deleted': event('Somebody deleted from the graph of the shared memory.', counts),
};
