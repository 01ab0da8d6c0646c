/** What is written into the graph of the shared memory, and deleted from it. Each thing is there once. */
import { folded, type GraphCounts, type GraphRelation } from '../project/graph.ts';
import type { Reader, Writer } from './database.ts';

/** Who writes, and when. */
export interface Written {
  readonly author: string;
  readonly run_id: string | null;
  readonly written_at: string;
}

export async function findEntity(
  db: Reader,
  name: string,
): Promise<{ id: number; entityType: string } | undefined> {
  const row = await db
    .selectFrom('graph_entities')
    .select(['id', 'entity_type'])
    .where('name', '=', name)
    .executeTakeFirst();
  return row && { id: row.id, entityType: row.entity_type };
}

/** Returns its id. */
export async function insertEntity(
  trx: Writer,
  name: string,
  entityType: string,
  written: Written,
): Promise<number> {
  const row = { name, entity_type: entityType, folded: folded(`${name}\n${entityType}`), ...written };
  const { id } = await trx.insertInto('graph_entities').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Returns whether it was not there. */
export async function insertObservation(
  trx: Writer,
  entityId: number,
  content: string,
  written: Written,
): Promise<boolean> {
  const row = { entity_id: entityId, bytes: Buffer.byteLength(content), content, folded: folded(content) };
  const inserted = await trx
    .insertInto('graph_observations')
    .values({ ...row, ...written })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(inserted.numInsertedOrUpdatedRows) > 0;
}

/** Returns whether it was not there. */
export async function insertRelation(
  trx: Writer,
  { from, to, relationType }: GraphRelation,
  written: Written,
): Promise<boolean> {
  const inserted = await trx
    .insertInto('graph_relations')
    .values({ from_name: from, to_name: to, relation_type: relationType, ...written })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(inserted.numInsertedOrUpdatedRows) > 0;
}

/** Deletes an entity, its observations, and the relations that touch it. Returns how many of each. */
export async function deleteEntity(trx: Writer, name: string): Promise<GraphCounts> {
  const entity = await findEntity(trx, name);
  if (entity === undefined) return { entities: 0, observations: 0, relations: 0 };
  const relations = await trx
    .deleteFrom('graph_relations')
    .where((eb) => eb.or([eb('from_name', '=', name), eb('to_name', '=', name)]))
    .executeTakeFirst();
  const observations = await trx
    .deleteFrom('graph_observations')
    .where('entity_id', '=', entity.id)
    .executeTakeFirst();
  await trx.deleteFrom('graph_entities').where('id', '=', entity.id).execute();
  return {
    entities: 1,
    observations: Number(observations.numDeletedRows),
    relations: Number(relations.numDeletedRows),
  };
}

export async function observationsOf(
  db: Reader,
  entityId: number,
): Promise<{ id: number; content: string }[]> {
  return db
    .selectFrom('graph_observations')
    .select(['id', 'content'])
    .where('entity_id', '=', entityId)
    .orderBy('id')
    .execute();
}

export async function deleteObservation(trx: Writer, id: number): Promise<void> {
  await trx.deleteFrom('graph_observations').where('id', '=', id).execute();
}

/** Returns whether it was there. */
export async function deleteRelation(
  trx: Writer,
  { from, to, relationType }: GraphRelation,
): Promise<boolean> {
  const deleted = await trx
    .deleteFrom('graph_relations')
    .where('from_name', '=', from)
    .where('to_name', '=', to)
    .where('relation_type', '=', relationType)
    .executeTakeFirst();
  return deleted.numDeletedRows > 0n;
}

/** How much there is, and how many bytes the observations take. */
export async function graphTotals(db: Reader): Promise<GraphCounts & { readonly bytes: number }> {
  const count = async (table: 'graph_entities' | 'graph_relations') =>
    (
      await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count;
  const { observations, bytes } = await db
    .selectFrom('graph_observations')
    .select((eb) => [
      eb.fn.countAll<number>().as('observations'),
      eb.fn.sum<number | null>('bytes').as('bytes'),
    ])
    .executeTakeFirstOrThrow();
  return {
    entities: await count('graph_entities'),
    observations,
    relations: await count('graph_relations'),
    bytes: bytes ?? 0,
  };
}
