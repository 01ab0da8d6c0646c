/** The graph of the shared memory as the command line prints it. Its own fields have the names of the reference memory server. */
import * as z from 'zod';
import { count } from './scalars.ts';

const stamp = {
  author: z.string().describe('`desktop`, `code`, or a person'),
  run_id: z.string().nullable().describe('the run of the supervisor that wrote it'),
  written_at: z.iso.datetime(),
};

const headSchema = z.strictObject({
  name: z.string(),
  entityType: z.string(),
  observation_count: count(),
  relation_count: count().describe('that begin or end at it'),
  ...stamp,
});

export const graphListSchema = z
  .strictObject({
    entities: z.array(headSchema).describe('by name'),
    total_entities: count(),
    total_observations: count(),
    total_relations: count(),
  })
  .describe('The entities of the graph, without what is known of them.');

export const graphEntitySchema = z
  .strictObject({
    name: z.string(),
    entityType: z.string(),
    ...stamp,
    observations: z.array(z.strictObject({ content: z.string(), ...stamp })).describe('the oldest first'),
    relations: z
      .array(z.strictObject({ from: z.string(), relationType: z.string(), to: z.string(), ...stamp }))
      .describe('that begin or end at it, the oldest first'),
  })
  .describe('An entity of the graph with all that is known of it.');

const foundSchema = z.strictObject({
  ...headSchema.shape,
  found: z
    .array(z.string())
    .describe('its observations that hold the text; none where its name or its type does'),
});

export const graphSearchSchema = z
  .strictObject({ entities: z.array(foundSchema).describe('by name') })
  .describe('The entities in which a text was found.');

export const graphDeletedSchema = z
  .strictObject({ entities: count(), observations: count(), relations: count() })
  .describe('How much was deleted of the graph.');

export type WireGraphHead = z.output<typeof headSchema>;
export type WireFoundEntity = z.output<typeof foundSchema>;
export type WireWholeEntity = z.output<typeof graphEntitySchema>;
export type WireGraphList = z.output<typeof graphListSchema>;
export type WireGraphSearch = z.output<typeof graphSearchSchema>;
export type WireGraphDeleted = z.output<typeof graphDeletedSchema>;
