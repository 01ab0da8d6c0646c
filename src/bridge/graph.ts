/**
 * The graph of the shared memory, written and read by agents. Its promise: each entity, observation and relation is there once;
 * a call changes all that it says or nothing; and what one process writes no other loses.
 */
import { describeProblem, type FieldProblem, shownName } from '../project/channel.ts';
import {
  entityProblem,
  firstProblem,
  GRAPH_LIMITS,
  type GraphCounts,
  type GraphEntity,
  type GraphObservations,
  type GraphRelation,
  observationProblem,
  relationProblem,
  type StampedRelation,
  shownContent,
} from '../project/graph.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Writer, Writing } from '../store/database.ts';
import {
  deleteEntity,
  deleteObservation,
  deleteRelation,
  findEntity,
  graphTotals,
  insertEntity,
  insertObservation,
  insertRelation,
  observationsOf,
  type Written,
} from '../store/graph.ts';
import { type GraphFilter, type GraphRow, relationsAfter, rowsAfter } from '../store/graph-pages.ts';
import { appendMemoryEvent, type MemoryWriter } from './memory-event.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

export type { GraphFilter, GraphRow };

export interface GraphAdditions {
  readonly entities?: readonly GraphEntity[];
  /** Of entities that are there already. */
  readonly observations?: readonly GraphObservations[];
  readonly relations?: readonly GraphRelation[];
}

/** What became of an entity that was given. */
export interface EntityDone {
  readonly name: string;
  /** That it has: one that was there keeps its own. */
  readonly entityType: string;
  readonly isNew: boolean;
  /** Those that it did not have. */
  readonly added: readonly string[];
}

export interface AdditionsDone {
  readonly entities: readonly EntityDone[];
  readonly observations: readonly GraphObservations[];
  /** Those that were not there. */
  readonly relations: readonly GraphRelation[];
}

/** Adds what is not there, all of it or nothing. Throws StoreError. */
export async function addToGraph(
  bridge: Bridge,
  additions: GraphAdditions,
  writer: MemoryWriter,
): Promise<Result<AdditionsDone>> {
  const { entities = [], observations = [], relations = [] } = additions;
  const problem =
    firstProblem(entities, entityProblem) ??
    firstProblem(observations, ({ contents }) => firstProblem(contents, observationProblem)) ??
    firstProblem(relations, relationProblem);
  if (problem) return refusal(problem);
  return orRefusal(() => databaseOf(bridge).write((writing) => writeAdditions(writing, additions, writer)));
}

function refusal(problem: FieldProblem): Result<never> {
  return refuse(`${describeProblem(problem)}. Nothing was changed.`);
}

/** Takes a transaction back, and says why. */
export class GraphRefusal extends Error {}

/** What `work` throws to take its transaction back is a refusal. */
export async function orRefusal<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof GraphRefusal) return refuse(error.message);
    throw error;
  }
}

/** The same within a transaction, of what is known to be right. Throws GraphRefusal, which takes it back. */
export async function writeAdditions(
  { trx, now }: Writing,
  { entities = [], observations = [], relations = [] }: GraphAdditions,
  writer: MemoryWriter,
): Promise<AdditionsDone> {
  const written: Written = { author: writer.actor, run_id: writer.runId, written_at: now };
  const entitiesDone: EntityDone[] = [];
  for (const { name, entityType, observations: contents } of entities) {
    const there = await findEntity(trx, name);
    const id = there?.id ?? (await insertEntity(trx, name, entityType, written));
    const added = await addObservations(trx, id, contents, written);
    entitiesDone.push({
      name,
      entityType: there?.entityType ?? entityType,
      isNew: there === undefined,
      added,
    });
  }
  const observationsDone: GraphObservations[] = [];
  for (const { entityName, contents } of observations) {
    const there = await findEntity(trx, entityName);
    // In the words that clients of the reference server know.
    if (there === undefined) throw new GraphRefusal(`Entity with name ${shownName(entityName)} not found`);
    observationsDone.push({ entityName, contents: await addObservations(trx, there.id, contents, written) });
  }
  const relationsDone: GraphRelation[] = [];
  for (const relation of relations)
    if (await insertRelation(trx, relation, written)) relationsDone.push(relation);
  const added = {
    entities: entitiesDone.filter(({ isNew }) => isNew).length,
    observations:
      entitiesDone.reduce((sum, one) => sum + one.added.length, 0) +
      observationsDone.reduce((sum, one) => sum + one.contents.length, 0),
    relations: relationsDone.length,
  };
  if (isAny(added)) {
    await refuseBeyondLimits(trx);
    await appendMemoryEvent(trx, { type: 'memory.graph_added', data: added }, writer, now);
  }
  return { entities: entitiesDone, observations: observationsDone, relations: relationsDone };
}

async function addObservations(
  trx: Writer,
  entityId: number,
  contents: readonly string[],
  written: Written,
): Promise<string[]> {
  const added: string[] = [];
  for (const content of contents)
    if (await insertObservation(trx, entityId, content, written)) added.push(content);
  return added;
}

async function refuseBeyondLimits(trx: Writer): Promise<void> {
  const totals = await graphTotals(trx);
  for (const kind of ['entities', 'observations', 'relations', 'bytes'] as const)
    if (totals[kind] > GRAPH_LIMITS[kind])
      throw new GraphRefusal(
        `the graph is full: with this it would have ${totals[kind]} ${kind}, and ${GRAPH_LIMITS[kind]} is the most. Nothing was changed: delete what is done with.`,
      );
}

function isAny({ entities, observations, relations }: GraphCounts): boolean {
  return entities + observations + relations > 0;
}

export interface GraphDeletions {
  /** By name. */
  readonly entities?: readonly string[];
  readonly observations?: readonly GraphObservations[];
  readonly relations?: readonly GraphRelation[];
}

/** Deletes what is there of it, entities with their observations and relations. Returns how much. Throws StoreError. */
export async function deleteFromGraph(
  bridge: Bridge,
  { entities = [], observations = [], relations = [] }: GraphDeletions,
  writer: MemoryWriter,
): Promise<GraphCounts> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const deleted = { entities: 0, observations: 0, relations: 0 };
    for (const name of entities) {
      const one = await deleteEntity(trx, name);
      deleted.entities += one.entities;
      deleted.observations += one.observations;
      deleted.relations += one.relations;
    }
    for (const one of observations) deleted.observations += await deleteContents(trx, one);
    for (const relation of relations) if (await deleteRelation(trx, relation)) deleted.relations += 1;
    if (isAny(deleted))
      await appendMemoryEvent(trx, { type: 'memory.graph_deleted', data: deleted }, writer, now);
    return deleted;
  });
}

/** Whoever deletes gives an observation as it was written, or as it was shown. */
async function deleteContents(trx: Writer, { entityName, contents }: GraphObservations): Promise<number> {
  const entity = await findEntity(trx, entityName);
  if (entity === undefined) return 0;
  const wanted = new Set(contents.flatMap((content) => [content, shownContent(content)]));
  const meant = (await observationsOf(trx, entity.id)).filter(
    ({ content }) => wanted.has(content) || wanted.has(shownContent(content)),
  );
  for (const { id } of meant) await deleteObservation(trx, id);
  return meant.length;
}

/** Where a reader goes on: behind an observation of an entity (0: behind those that it has), or behind a relation. */
export type GraphPlace =
  | { readonly part: 'entities'; readonly entity: number; readonly observation: number }
  | { readonly part: 'relations'; readonly relation: number };

export interface GraphPage {
  readonly rows: readonly GraphRow[];
  readonly relations: readonly StampedRelation[];
  /** There is more behind these. */
  readonly hasMore: boolean;
}

/** More than fit into an answer. */
const MAX_ROWS = 300;

/** What is meant of the graph from a place on: entities, then relations. Throws StoreError. */
export async function readGraph(bridge: Bridge, filter: GraphFilter, place: GraphPlace): Promise<GraphPage> {
  const { read } = databaseOf(bridge);
  const rows = place.part === 'entities' ? await rowsAfter(read, filter, place, MAX_ROWS + 1) : [];
  if (rows.length > MAX_ROWS) return { rows: rows.slice(0, MAX_ROWS), relations: [], hasMore: true };
  const after = place.part === 'relations' ? place.relation : 0;
  const relations = await relationsAfter(read, filter, after, MAX_ROWS + 1);
  return { rows, relations: relations.slice(0, MAX_ROWS), hasMore: relations.length > MAX_ROWS };
}
