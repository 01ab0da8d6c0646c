/** When the file of a state folder is not taken for its store. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { plansFolder } from '../../state-folder.ts';
import { StoreError } from '../store-error.ts';
import { translating } from './open-sqlite.ts';

/** Which file stands under this name; `gone` when there is none. */
export function fileIdentity(file: string): string {
  const found = translating(file, () => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return found ? `${found.dev}:${found.ino}` : 'gone';
}

/**
 * SQLite takes a missing or empty file for a new database. Where plans were sent before, that would be to forget them
 * without a word.
 */
export function refuseToForget(stateDir: string, file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 || log > 0 || readPlans(stateDir).length === 0) return;
  throw new StoreError(
    'missing',
    `${file} is missing or empty, but ${plansFolder(stateDir)} holds plans. Nothing was created: put the database back (bridge-supervisor restore FILE), or move 'plans' away to start over.`,
  );
}

/**
 * Under a second name the file has a log and locks of its own: two supervisors would work on the same plans without
 * knowing of each other, and what one writes damages the other's (https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use).
 */
export function refuseSecondName(file: string): void {
  const names = namesOf(file);
  if (names > 1) throw new StoreError('linked', `${file}: ${linkedWords(names)}`);
}

/** How many names a file has, whatever folder they are in; 0 when there is none. */
export function namesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.nlink ?? 0;
}

export function linkedWords(names: number): string {
  return `this file has ${names} names (hard links), and whoever opens it by another one damages it. Nothing was changed: remove the other names (find them with find -samefile), or give this one a file of its own (bridge-supervisor backup COPY, then bridge-supervisor restore COPY)`;
}

function readPlans(stateDir: string): string[] {
  return existsSync(plansFolder(stateDir)) ? readdirSync(plansFolder(stateDir)) : [];
}
