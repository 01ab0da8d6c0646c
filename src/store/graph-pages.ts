/** The graph of the shared memory as it is read: by number, so that what comes meanwhile moves nothing to another page. */
import type { ExpressionBuilder } from 'kysely';
import {
  folded,
  type GraphHead,
  type Stamped,
  type StampedObservation,
  type StampedRelation,
} from '../project/graph.ts';
import type { Reader } from './database.ts';
import type { Row, Tables } from './schema.ts';

/** Which entities; relations are shown that touch one of them. */
export type GraphFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly names: readonly string[] }
  /** Whose name, type or an observation has this text, in any case. */
  | { readonly kind: 'holding'; readonly text: string };

/** An observation with its entity; or an entity that has none. */
export interface GraphRow {
  readonly entity: Stamped & { readonly name: string; readonly entityType: string };
  readonly observation: StampedObservation | undefined;
}

/** The next rows of those entities after one, the oldest entity first. Zeros: from the beginning. */
export async function rowsAfter(
  db: Reader,
  filter: GraphFilter,
  { entity, observation }: { entity: number; observation: number },
  limit: number,
): Promise<GraphRow[]> {
  const rows = await db
    .selectFrom('graph_entities')
    .leftJoin('graph_observations', 'graph_observations.entity_id', 'graph_entities.id')
    .select([
      'graph_entities.id as id',
      'name',
      'entity_type',
      'graph_entities.author as author',
      'graph_entities.run_id as run_id',
      'graph_entities.written_at as written_at',
      'graph_observations.id as observation',
      'content',
      'graph_observations.author as observation_author',
      'graph_observations.run_id as observation_run_id',
      'graph_observations.written_at as observation_written_at',
    ])
    .where('graph_entities.id', '>=', entity)
    .where((eb) =>
      eb.or([eb('graph_entities.id', '>', entity), eb('graph_observations.id', '>', observation)]),
    )
    .where((eb) => isMeant(eb, filter))
    .orderBy('graph_entities.id')
    .orderBy('graph_observations.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    entity: {
      ...stampOf(row),
      name: row.name,
      entityType: row.entity_type,
    },
    observation:
      row.observation === null
        ? undefined
        : {
            id: row.observation,
            content: row.content ?? '',
            author: row.observation_author ?? '',
            runId: row.observation_run_id,
            writtenAt: row.observation_written_at ?? '',
          },
  }));
}

/** The next relations after one that touch those entities; of all: also those that touch none. */
export async function relationsAfter(
  db: Reader,
  filter: GraphFilter,
  after: number,
  limit: number,
): Promise<StampedRelation[]> {
  const names = db
    .selectFrom('graph_entities')
    .select('name')
    .where((eb) => isMeant(eb, filter));
  const rows = await db
    .selectFrom('graph_relations')
    .selectAll()
    .where('id', '>', after)
    .$if(filter.kind !== 'all', (query) =>
      query.where((eb) => eb.or([eb('from_name', 'in', names), eb('to_name', 'in', names)])),
    )
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...stampOf(row),
    from: row.from_name,
    to: row.to_name,
    relationType: row.relation_type,
  }));
}

/** The entities with how much there is of each, by name. */
export async function entityHeads(db: Reader, filter: GraphFilter): Promise<GraphHead[]> {
  const rows = await db
    .selectFrom('graph_entities')
    .select((eb) => [
      'id',
      'name',
      'entity_type',
      'author',
      'run_id',
      'written_at',
      eb
        .selectFrom('graph_observations')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('entity_id', '=', 'graph_entities.id')
        .as('observations'),
      eb
        .selectFrom('graph_relations')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .where((inner) =>
          inner.or([
            inner('from_name', '=', inner.ref('graph_entities.name')),
            inner('to_name', '=', inner.ref('graph_entities.name')),
          ]),
        )
        .as('relations'),
    ])
    .where((eb) => isMeant(eb, filter))
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    ...stampOf(row),
    name: row.name,
    entityType: row.entity_type,
    observationCount: row.observations ?? 0,
    relationCount: row.relations ?? 0,
  }));
}

/** The observations that hold a text, in any case, by their entity. */
export async function observationsHolding(db: Reader, text: string): Promise<Map<number, string[]>> {
  const rows = await db
    .selectFrom('graph_observations')
    .select(['entity_id', 'content'])
    .where((eb) => eb(eb.fn<number>('instr', ['folded', eb.val(folded(text))]), '>', 0))
    .orderBy('id')
    .execute();
  const byEntity = Map.groupBy(rows, ({ entity_id }) => entity_id);
  return new Map([...byEntity].map(([id, found]) => [id, found.map(({ content }) => content)]));
}

function stampOf({
  id,
  author,
  run_id,
  written_at,
}: Pick<Row<'graph_relations'>, 'id' | 'author' | 'run_id' | 'written_at'>): Stamped {
  return { id, author, runId: run_id, writtenAt: written_at };
}

function isMeant(eb: ExpressionBuilder<Tables, 'graph_entities'>, filter: GraphFilter) {
  switch (filter.kind) {
    case 'all':
      return eb.lit(true);
    case 'named':
      return eb('graph_entities.name', 'in', [...filter.names]);
    case 'holding': {
      const text = eb.val(folded(filter.text));
      const observed = eb
        .selectFrom('graph_observations as held')
        .select('held.entity_id')
        .where((inner) => inner(inner.fn<number>('instr', ['held.folded', text]), '>', 0));
      return eb.or([
        eb(eb.fn<number>('instr', ['graph_entities.folded', text]), '>', 0),
        eb('graph_entities.id', 'in', observed),
      ]);
    }
  }
}
