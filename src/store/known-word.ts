/**
 * Validates words of lists that may grow. The database has no CHECK for these; they are checked where a row is read.
 */
import { StoreError } from './store-error.ts';

/**
 * Creates the check of a column that holds one of `words`. It throws StoreError for any other word: only a newer
 * program can have written it, and an older one must not act on what it does not know.
 */
export function knownWord<T extends string>(column: string, words: readonly T[]): (value: T) => T {
  return (value) => {
    if (words.includes(value)) return value;
    throw new StoreError(
      'newer-schema',
      `the store holds '${value}' in ${column}, which this bridge-supervisor does not know: a newer one wrote it. Upgrade bridge-supervisor; nothing was changed.`,
    );
  };
}
