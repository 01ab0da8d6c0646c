/**
 * The file of the reference memory server (https://github.com/modelcontextprotocol/servers/tree/main/src/memory): a line of JSON
 * for each entity and relation, in memory.jsonl and in the older memory.json alike; or one object with lists of both.
 */
import { isDeeperThan } from '../json-depth.ts';
import { GRAPH_LIMITS, type GraphEntity, type GraphRelation, observationProblem } from './graph.ts';
import { isObject } from './json-object.ts';
import { cleanLine } from './text.ts';

export interface MemoryFile {
  readonly entities: readonly GraphEntity[];
  readonly relations: readonly GraphRelation[];
  /** Names, types and observations without characters that they had, or cut: nobody could give such a name to a tool. */
  readonly cleaned: number;
  /** Observations that are kept in parts, since they are longer than one may be. */
  readonly divided: number;
  /** Observations without any text, which say nothing: they are left out. */
  readonly blank: number;
  /** Lines, or items, that are neither an entity nor a relation. */
  readonly notUnderstood: number;
}

/** What is in it; undefined: it is another file. */
export function readMemoryFile(text: string): MemoryFile | undefined {
  const items = itemsOf(text.replace(/^\uFEFF/, ''));
  const counts = { cleaned: 0, divided: 0, blank: 0 };
  const entities: GraphEntity[] = [];
  const relations: GraphRelation[] = [];
  let notUnderstood = 0;
  for (const item of items) {
    const entity = entityIn(item, counts);
    const relation = entity === undefined ? relationIn(item, counts) : undefined;
    if (entity) entities.push(entity);
    else if (relation) relations.push(relation);
    else notUnderstood += 1;
  }
  if (entities.length + relations.length === 0) return undefined;
  return { entities, relations, ...counts, notUnderstood };
}

const MAX_DEPTH = 8;

function itemsOf(text: string): unknown[] {
  const whole = parsed(text);
  if (isObject(whole) && (Array.isArray(whole.entities) || Array.isArray(whole.relations))) {
    const typed = (list: unknown, type: string) =>
      Array.isArray(list) ? list.map((item) => (isObject(item) ? { ...item, type } : item)) : [];
    return [...typed(whole.entities, 'entity'), ...typed(whole.relations, 'relation')];
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parsed);
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return isDeeperThan(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

interface Counts {
  cleaned: number;
  divided: number;
  blank: number;
}

function entityIn(item: unknown, counts: Counts): GraphEntity | undefined {
  if (!isObject(item) || item.type !== 'entity') return undefined;
  const { name, entityType, observations = [] } = item;
  if (!isText(name) || !isText(entityType) || !Array.isArray(observations)) return undefined;
  if (!observations.every((one) => typeof one === 'string')) return undefined;
  return {
    name: asName(name, counts),
    entityType: asName(entityType, counts),
    observations: observations.flatMap((one: string) => asObservations(one, counts)),
  };
}

function relationIn(item: unknown, counts: Counts): GraphRelation | undefined {
  if (!isObject(item) || item.type !== 'relation') return undefined;
  const { from, to, relationType } = item;
  if (!isText(from) || !isText(to) || !isText(relationType)) return undefined;
  return {
    from: asName(from, counts),
    to: asName(to, counts),
    relationType: asName(relationType, counts),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && cleanLine(value) !== '';
}

function asName(name: string, counts: Counts): string {
  const clean = cleanLine(name).slice(0, GRAPH_LIMITS.name).toWellFormed().trim();
  if (clean !== name) counts.cleaned += 1;
  return clean;
}

function asObservations(content: string, counts: Counts): string[] {
  const clean = content.replaceAll(/(?![\t\n\r])\p{Cc}/gu, '').toWellFormed();
  if (clean.trim() === '') {
    counts.blank += 1;
    return [];
  }
  if (clean !== content) counts.cleaned += 1;
  if (observationProblem(clean) === undefined) return [clean];
  counts.divided += 1;
  return partsOf(clean);
}

/** Of at most so many bytes each; characters stay whole. */
function partsOf(content: string): string[] {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of content) {
    const size = Buffer.byteLength(character);
    if (bytes + size > GRAPH_LIMITS.observationBytes) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part].filter((one) => one.trim() !== '');
}
