/**
 * The shared memory: facts by key, that agents and the person write for each other. Here are its limits, what is wrong with
 * a key or a value, and how a writer is named.
 */
import { isDeeperThan } from '../json-depth.ts';
import { type FieldProblem, nameProblem, shownName } from './channel.ts';

/** A key is counted in characters, a value in bytes of its JSON in UTF-8. */
export const MEMORY_LIMITS = { key: 256, valueBytes: 65_536, depth: 32 } as const;

/** What the owner may set. */
export interface MemoryLimits {
  readonly maxKeys: number;
  /** Of the newest versions together; and as much again of the earlier ones. */
  readonly maxMb: number;
  /** Of each key, with the newest. */
  readonly keepVersions: number;
  /** How long a deleted key can still be read. */
  readonly keepDeletedDays: number;
}

/** Who wrote something: as the record has them, and the run of the supervisor that it was. */
export interface Author {
  readonly author: string;
  readonly runId: string | null;
}

/** A version of a key, without its value. */
export interface MemoryHead extends Author {
  readonly key: string;
  /** Rises with each change of any key. */
  readonly version: number;
  readonly bytes: number;
  readonly isDeleted: boolean;
  readonly writtenAt: string;
}

/** What is wrong with a key; undefined: nothing. */
export function keyProblem(key: string): FieldProblem | undefined {
  return nameProblem('key', key, MEMORY_LIMITS.key);
}

/** What is wrong with a value; undefined: it can be kept, as its JSON text. */
export function valueProblem(value: unknown): FieldProblem | undefined {
  const problem = (code: string, message: string) => ({ field: 'value', code, message });
  // "Nothing" is what clients send for what they leave out.
  if (value === undefined || value === null)
    return problem('required', 'must be a value of JSON other than null; to take a key away, delete it');
  if (isDeeperThan(value, MEMORY_LIMITS.depth))
    return problem('too_deep', `must not be nested deeper than ${MEMORY_LIMITS.depth}`);
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > MEMORY_LIMITS.valueBytes)
    return problem('too_large', `has ${bytes} bytes, and ${MEMORY_LIMITS.valueBytes} is the most`);
  return undefined;
}

/** Who it was, in words. */
export function describeAuthor({ author, runId }: Author): string {
  return runId === null ? author : `${author} (run ${runId})`;
}

/**
 * Why a change that was meant for one version is not made.
 *
 * @param now The newest version; undefined: there was never such a key, or it is forgotten.
 */
export function conflictMessage(key: string, expected: number, now: MemoryHead | undefined): string {
  const name = shownName(key);
  const meant = expected === 0 ? 'as a new key' : `at version ${expected}`;
  if (now === undefined)
    return `${name} was expected ${meant}, and there is no such key. Nothing was changed.`;
  const how = now.isDeleted ? 'was deleted with' : 'is at';
  return `${name} was expected ${meant}, and ${how} version ${now.version}, by ${describeAuthor(now)}, ${now.writtenAt}. Nothing was changed: read it, then change what is there.`;
}
