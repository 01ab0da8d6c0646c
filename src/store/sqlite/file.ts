/** Refuses a database file that cannot safely be used as the store. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { plansFolder } from '../../state-folder.ts';
import { StoreError } from '../store-error.ts';
import { translating } from './open-sqlite.ts';

/** The identity of the file at this path; `gone` when there is none. */
export function fileIdentity(file: string): string {
  const found = translating(file, () => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return found ? `${found.dev}:${found.ino}` : 'gone';
}

/**
 * Refuses a missing or empty database beside existing plans. SQLite would create a new one, and the plans would be
 * silently forgotten. Throws StoreError.
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
 * Refuses a file with a second name. Under it, the file has a log and locks of its own: two supervisors would work on
 * the same plans without seeing each other, and damage each other's writes
 * (https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use). Throws StoreError.
 */
export function refuseHardLinks(file: string): void {
  const names = countHardLinks(file);
  if (names > 1) throw new StoreError('linked', `${file}: ${describeHardLinks(names)}`);
}

/** How many names (hard links) a file has, in any folder; 0 when it does not exist. */
export function countHardLinks(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.nlink ?? 0;
}

/** What is wrong with a file of several names, and what to do. */
export function describeHardLinks(names: number): string {
  return `this file has ${names} names (hard links), and whoever opens it by another one damages it. Nothing was changed: remove the other names (find them with find -samefile), or give this one a file of its own (bridge-supervisor backup COPY, then bridge-supervisor restore COPY)`;
}

function readPlans(stateDir: string): string[] {
  return existsSync(plansFolder(stateDir)) ? readdirSync(plansFolder(stateDir)) : [];
}
