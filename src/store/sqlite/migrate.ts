/** Migrates a database from any earlier schema to the current one, or refuses and leaves the file as it is. */

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.ts';
import { createDraft, publish } from './private-file.ts';
import { hasTable, isPythonBridge } from './tables.ts';

/** Marks a database as ours ("brdg"), so that we never write to that of another program. */
const APPLICATION_ID = 0x62_72_64_67;

/**
 * The schema version of the file; 0 for an empty one. Throws StoreError when the file is not ours, or is too new for a
 * program that knows `steps`. A newer schema can permit older programs (`meta.compatible_from`).
 */
export function checkSchema(sqlite: Sqlite.Database, file: string, steps: readonly string[]): number {
  const version = numberOf(sqlite, 'PRAGMA user_version');
  const empty = version === 0 && numberOf(sqlite, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (empty) return 0;
  if (!isOurs(sqlite)) throw new StoreError('not-a-database', describeForeign(sqlite, file));
  if (version > steps.length && compatibleFrom(sqlite) > steps.length) {
    throw new StoreError(
      'newer-schema',
      `${file} was written by a newer bridge-supervisor (schema ${version}, this program knows ${steps.length}). Upgrade bridge-supervisor; nothing was changed.`,
    );
  }
  return version;
}

/** Whether a database that is not empty was made by this program. */
export function isOurs(sqlite: Sqlite.Database): boolean {
  return numberOf(sqlite, 'PRAGMA application_id') === APPLICATION_ID;
}

/** The Python bridge has its database where ours is. */
function describeForeign(sqlite: Sqlite.Database, file: string): string {
  if (!isPythonBridge(sqlite))
    return `${file}: this is the database of another program. It was left as it is: move it away, or set BRIDGE_HOME to another folder.`;
  const folder = dirname(file);
  return `${file}: this is the database of the Python bridge. It was left as it is: stop that program, rename the folder ${folder} to ${folder}-python, then take its projects over (bridge-supervisor import ${join(`${folder}-python`, basename(file))}).`;
}

/** The oldest schema version whose programs may use this database; the newest when it does not say. */
function compatibleFrom(sqlite: Sqlite.Database): number {
  return hasTable(sqlite, 'meta')
    ? numberOf(sqlite, 'SELECT compatible_from FROM meta')
    : Number.POSITIVE_INFINITY;
}

/**
 * Runs the missing steps, all or none. A database with content is first copied to `<file>.schema-<version>.bak`, which
 * an older program needs. Throws StoreError.
 */
export function migrate(sqlite: Sqlite.Database, file: string, steps: readonly string[]): void {
  const version = checkSchema(sqlite, file, steps);
  if (version >= steps.length) return;
  if (version > 0 && !sqlite.memory) copyBefore(sqlite, `${file}.schema-${version}.bak`);
  // A table that others reference can only be rebuilt with foreign keys off, and they cannot be switched within a
  // transaction (https://www.sqlite.org/lang_altertable.html#otheralter).
  sqlite.pragma('foreign_keys = OFF');
  try {
    runSteps(sqlite, file, steps);
  } finally {
    sqlite.pragma('foreign_keys = ON');
  }
}

function runSteps(sqlite: Sqlite.Database, file: string, steps: readonly string[]): void {
  sqlite
    .transaction(() => {
      // Another process may have migrated meanwhile: check again under the write lock.
      for (const step of steps.slice(checkSchema(sqlite, file, steps))) sqlite.exec(step);
      const orphans = sqlite.pragma('foreign_key_check') as unknown[];
      if (orphans.length > 0)
        throw new Error(`a migration of ${file} would leave ${orphans.length} rows with broken references`);
      sqlite.pragma(`application_id = ${APPLICATION_ID}`);
      sqlite.pragma(`user_version = ${steps.length}`);
    })
    .immediate();
}

/** An existing copy was made by a process that is migrating now, or by an earlier try. */
function copyBefore(sqlite: Sqlite.Database, copy: string): void {
  if (existsSync(copy)) return;
  const draft = createDraft(copy);
  try {
    // VACUUM INTO accepts an empty file (https://www.sqlite.org/lang_vacuum.html#vacuuminto).
    sqlite.prepare('VACUUM INTO ?').run(draft);
    publish(draft, copy);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The first value that `query` returns, as a number. */
export function numberOf(sqlite: Sqlite.Database, query: string): number {
  return Number(sqlite.prepare(query).pluck().get());
}
