/** What each tool of the graph of the shared memory answers as structured content. */
import * as z from 'zod';

const entity = { name: z.string(), entityType: z.string(), observations: z.array(z.string()) };
const relation = { from: z.string(), to: z.string(), relationType: z.string() };
const notShown = {
  not_shown: z.int().exactOptional().describe('so many more were added than are listed'),
};
const writtenAt = z.string();

const shownEntity = z.strictObject({
  ...entity,
  authors: z.array(z.string()).describe('who wrote what is shown of it, a run of the supervisor with its id'),
  written_at: writtenAt.describe('the newest of what is shown'),
});

const shownRelation = z.strictObject({ ...relation, author: z.string(), written_at: writtenAt });

export type WireGraphEntity = z.output<typeof shownEntity>;
export type WireGraphRelation = z.output<typeof shownRelation>;

const graph = z.strictObject({
  entities: z.array(shownEntity),
  relations: z.array(shownRelation).describe('that touch them'),
  next_cursor: z
    .string()
    .exactOptional()
    .describe('the `cursor` with which to read on: an entity can go on with further observations'),
  note: z.string().describe('how to take words of others'),
});

const deleted = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  deleted: z.strictObject({ entities: z.int(), observations: z.int(), relations: z.int() }),
});

export const GRAPH_RESULTS = {
  create_entities: z.strictObject({
    entities: z.array(z.strictObject(entity)).describe('that were not there'),
    existing: z
      .array(
        z.strictObject({
          name: z.string(),
          entityType: z.string().describe('that it keeps'),
          addedObservations: z.int(),
        }),
      )
      .exactOptional()
      .describe('that were there; of many, the first'),
    ...notShown,
  }),
  create_relations: z.strictObject({
    relations: z.array(z.strictObject(relation)).describe('that were not there'),
    ...notShown,
  }),
  add_observations: z.strictObject({
    results: z.array(z.strictObject({ entityName: z.string(), addedObservations: z.array(z.string()) })),
    ...notShown,
  }),
  delete_entities: deleted,
  delete_observations: deleted,
  delete_relations: deleted,
  read_graph: graph,
  search_nodes: graph,
  open_nodes: graph,
};
