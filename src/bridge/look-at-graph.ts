/** The graph of the shared memory as a person looks at it: which entities there are, one with all that is known of it, a search. */
import type { FoundEntity, GraphCounts, GraphHead, WholeEntity } from '../project/graph.ts';
import { graphTotals } from '../store/graph.ts';
import { entityHeads, observationsHolding, relationsAfter, rowsAfter } from '../store/graph-pages.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

export interface GraphList {
  /** By name. */
  readonly entities: readonly GraphHead[];
  readonly total: GraphCounts;
}

/** All entities, without what is known of them. Throws StoreError. */
export async function listGraph(bridge: Bridge): Promise<GraphList> {
  const { read } = databaseOf(bridge);
  return { entities: await entityHeads(read, { kind: 'all' }), total: await graphTotals(read) };
}

/** The entities whose name, type or observations hold a text, in any case, by name. Throws StoreError. */
export async function searchGraph(bridge: Bridge, text: string): Promise<FoundEntity[]> {
  const { read } = databaseOf(bridge);
  const found = await observationsHolding(read, text);
  const heads = await entityHeads(read, { kind: 'holding', text });
  return heads.map((head) => ({ ...head, found: found.get(head.id) ?? [] }));
}

/** An entity with its observations and relations, in the order in which they were written. Throws StoreError. */
export async function findInGraph(bridge: Bridge, name: string): Promise<WholeEntity | undefined> {
  const { read } = databaseOf(bridge);
  const filter = { kind: 'named', names: [name] } as const;
  const [head] = await entityHeads(read, filter);
  if (head === undefined) return undefined;
  const rows = await rowsAfter(read, filter, { entity: 0, observation: 0 }, ALL);
  return {
    ...head,
    observations: rows.flatMap(({ observation }) => observation ?? []),
    relations: await relationsAfter(read, filter, 0, ALL),
  };
}

const ALL = Number.MAX_SAFE_INTEGER;
