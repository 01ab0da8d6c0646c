/** The arguments of the tools of the graph, as the reference memory server names them. */
import * as z from 'zod';
import { GRAPH_LIMITS } from '../../project/graph.ts';

/** The limit is checked, but not listed: every word of a schema costs tokens. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .refine(
      ({ length }) => length <= GRAPH_LIMITS.itemsInCall,
      `must be at most ${GRAPH_LIMITS.itemsInCall} in a call`,
    );
}

export const texts = () => list(z.string());

export const entity = z.object({ name: z.string(), entityType: z.string(), observations: texts() });

export const relation = z.object({ from: z.string(), to: z.string(), relationType: z.string() });
