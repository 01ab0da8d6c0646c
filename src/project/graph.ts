/**
 * The graph of the shared memory: entities with observations, and relations between them, by the names and in the shapes of
 * the reference memory server (https://github.com/modelcontextprotocol/servers/tree/main/src/memory). Here are its limits, and
 * what is wrong with what somebody gives.
 */
import { escapeHidden } from '../characters.ts';
import { type FieldProblem, nameProblem } from './channel.ts';
import type { Author } from './memory.ts';
import { plural } from './text.ts';

/** Names and types in characters, an observation in bytes of UTF-8: one fits into an answer whole. */
export const GRAPH_LIMITS = {
  name: 256,
  observationBytes: 4_096,
  itemsInCall: 500,
  entities: 10_000,
  observations: 100_000,
  relations: 50_000,
  /** Of all observations. */
  bytes: 100_000_000,
} as const;

export interface GraphEntity {
  readonly name: string;
  readonly entityType: string;
  readonly observations: readonly string[];
}

export interface GraphRelation {
  readonly from: string;
  readonly to: string;
  readonly relationType: string;
}

/** Observations of one entity. */
export interface GraphObservations {
  readonly entityName: string;
  readonly contents: readonly string[];
}

/** How many of each. */
export interface GraphCounts {
  readonly entities: number;
  readonly observations: number;
  readonly relations: number;
}

/** What is kept of each part of the graph beside the part itself. */
export interface Stamped extends Author {
  /** In the order in which they were written. */
  readonly id: number;
  readonly writtenAt: string;
}

export type StampedObservation = Stamped & { readonly content: string };

export type StampedRelation = Stamped & GraphRelation;

/** An entity, and how much there is of it. */
export interface GraphHead extends Stamped {
  readonly name: string;
  readonly entityType: string;
  readonly observationCount: number;
  /** That begin or end at it. */
  readonly relationCount: number;
}

/** An entity with all that is known of it. */
export interface WholeEntity extends GraphHead {
  readonly observations: readonly StampedObservation[];
  readonly relations: readonly StampedRelation[];
}

/** An entity that a search has found. */
export interface FoundEntity extends GraphHead {
  /** Its observations that hold the text; none where its name or its type does. */
  readonly found: readonly string[];
}

/** What is wrong with the first that is; undefined: nothing. */
export function entityProblem({ name, entityType, observations }: GraphEntity): FieldProblem | undefined {
  return (
    nameProblem('name', name, GRAPH_LIMITS.name) ??
    nameProblem('entityType', entityType, GRAPH_LIMITS.name) ??
    firstProblem(observations, observationProblem)
  );
}

export function relationProblem({ from, to, relationType }: GraphRelation): FieldProblem | undefined {
  return (
    nameProblem('from', from, GRAPH_LIMITS.name) ??
    nameProblem('to', to, GRAPH_LIMITS.name) ??
    nameProblem('relationType', relationType, GRAPH_LIMITS.name)
  );
}

export function observationProblem(content: string): FieldProblem | undefined {
  const problem = (code: string, message: string) => ({ field: 'observation', code, message });
  if (content.trim() === '') return problem('required', 'must not be empty');
  if (CONTROL.test(content)) return problem('control_character', 'must not contain control characters');
  const bytes = Buffer.byteLength(content);
  if (bytes > GRAPH_LIMITS.observationBytes)
    return problem(
      'too_large',
      `has ${bytes} bytes, and ${GRAPH_LIMITS.observationBytes} is the most: divide it`,
    );
  return undefined;
}

/** But for tabs and line ends. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

export function firstProblem<T>(
  items: readonly T[],
  problemOf: (item: T) => FieldProblem | undefined,
): FieldProblem | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem) return problem;
  }
  return undefined;
}

/** In words. */
export function describeCounts({ entities, observations, relations }: GraphCounts): string {
  return [
    plural(entities, 'entity', 'entities'),
    plural(observations, 'observation'),
    plural(relations, 'relation'),
  ].join(', ');
}

/** An observation with the characters escaped that hide or reorder text; its line ends are kept. */
export function shownContent(content: string): string {
  return content
    .split(/([\t\n])/)
    .map((part) => (part === '\n' || part === '\t' ? part : escapeHidden(part)))
    .join('');
}

/** As a search compares: without regard to case. */
export function folded(text: string): string {
  return text.toLowerCase();
}
