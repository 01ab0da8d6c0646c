/**
 * Who may call the API after a restore. A backup holds the tokens of its time, also those that were revoked or replaced
 * since: it must not let them in again.
 */

import { existsSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { numberOf } from './migrate.ts';
import { withSqlite } from './open-sqlite.ts';
import { columnsOf } from './tables.ts';

/** Tables whose rows let somebody in, or are told what happens here, each after those that it references. */
export const CREDENTIAL_TABLES = [
  'credentials',
  'credential_uses',
  'sign_in_codes',
  'push_keys',
  'push_devices',
] as const;

export interface RestoredCredentials {
  /** How many tokens the store before had: they are those of the restored one. */
  readonly kept: number;
  /** How many tokens of the backup were removed, where nobody can say whether they are still good. */
  readonly removed: number;
}

/**
 * Gives a copy that is about to become the store the credentials of the store before it, `present`. Where that has none of
 * the same form, or cannot be read, the copy is left without any.
 */
export async function replaceCredentials(
  draft: Sqlite.Database,
  present: string,
): Promise<RestoredCredentials> {
  const tables = CREDENTIAL_TABLES.filter((table) => columnsOf(draft, table).length > 0);
  if (tables.length === 0) return { kept: 0, removed: 0 };
  const rows = await rowsIn(present, draft, tables);
  const before = numberOf(draft, 'SELECT count(*) FROM credentials');
  draft.transaction(() => {
    for (const table of tables.toReversed()) draft.exec(`DELETE FROM ${table}`);
    for (const { table, columns, values } of rows ?? []) {
      const insert = draft.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      for (const row of values) insert.run(row);
    }
  })();
  if (!rows) return { kept: 0, removed: before };
  return { kept: numberOf(draft, 'SELECT count(*) FROM credentials'), removed: 0 };
}

interface Rows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly unknown[][];
}

/** Undefined: there are none that the copy could take over as they are. */
async function rowsIn(
  present: string,
  draft: Sqlite.Database,
  tables: readonly string[],
): Promise<Rows[] | undefined> {
  if (!existsSync(present)) return undefined;
  try {
    return await withSqlite(present, { readonly: true, fileMustExist: true }, (sqlite) => {
      const sameForm = CREDENTIAL_TABLES.every(
        (table) => columnsOf(sqlite, table).join() === columnsOf(draft, table).join(),
      );
      if (!sameForm) return undefined;
      return tables.map((table) => {
        const columns = columnsOf(sqlite, table);
        const values = sqlite
          .prepare(`SELECT ${columns.join(', ')} FROM ${table}`)
          .raw()
          .all();
        return { table, columns, values: values as unknown[][] };
      });
    });
  } catch {
    // A store that is damaged is the reason for many a restore.
    return undefined;
  }
}
