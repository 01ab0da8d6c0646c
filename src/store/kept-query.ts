/**
 * Queries that are asked in few ways, and often, are built and compiled once for each way: Kysely takes longer for that than
 * SQLite for the answer. Where they are asked, they are queries like all others.
 */
import type { CompiledQuery, OperationNodeSource } from 'kysely';
import type { Reader } from './database.ts';

/** How many ways of one query are kept; any other is built each time. Callers choose the ways, such as a limit. */
const MAX_WAYS = 50;

type Given = string | number | boolean | undefined;

/**
 * The query that `build` makes, kept for each reader and each way in which it is asked. What it is given must be all that it
 * depends on.
 */
export function keptQuery<Way extends readonly Given[], Query extends OperationNodeSource>(
  build: (db: Reader, ...way: Way) => Query,
): (db: Reader, ...way: Way) => Query {
  const keptOf = new WeakMap<Reader, Map<string, Query>>();
  return (db, ...way) => {
    const kept = keptOf.get(db) ?? new Map<string, Query>();
    keptOf.set(db, kept);
    const key = JSON.stringify(way);
    const found = kept.get(key);
    if (found) return found;
    const query = build(db, ...way);
    if (kept.size < MAX_WAYS) {
      kept.set(key, query);
      compiledOf.set(query.toOperationNode(), undefined);
    }
    return query;
  };
}

/** Of the queries that are kept; undefined until one is asked. */
const compiledOf = new WeakMap<object, CompiledQuery | undefined>();

/** The compiled form of a query, for the compiler of an engine: made by `compile`, once where the query is kept. */
export function compiledOnce(node: object, compile: () => CompiledQuery): CompiledQuery {
  const known = compiledOf.get(node);
  if (known) return known;
  const compiled = compile();
  if (compiledOf.has(node)) compiledOf.set(node, compiled);
  return compiled;
}
