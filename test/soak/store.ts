/** The store as the soak reads it: the tables themselves, through a connection of its own that cannot write. */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Row } from '../../src/store/schema.ts';

export interface Tables {
  readonly projects: readonly Row<'projects'>[];
  readonly runs: readonly Row<'runs'>[];
  readonly approvals: readonly Row<'approvals'>[];
  readonly completions: readonly Row<'completions'>[];
  readonly updates: readonly Row<'updates'>[];
  readonly messages: readonly Row<'messages'>[];
}

export interface StoreView {
  /** All of one moment. */
  tables(): Tables;
  projects(): readonly Row<'projects'>[];
  runs(): readonly Row<'runs'>[];
  holds(): readonly Row<'holds'>[];
  /** Events of this type, in their order. */
  events(type: string): readonly Row<'events'>[];
  lease(): Row<'supervisor'> | undefined;
  close(): void;
}

export function openStoreView(home: string): StoreView {
  const sqlite = new Sqlite(join(home, 'bridge.db'), { readonly: true, timeout: 10_000 });
  const all = <T>(query: string, ...values: unknown[]) => sqlite.prepare(query).all(...values) as T[];
  const tables = sqlite.transaction(
    (): Tables => ({
      projects: all('SELECT * FROM projects'),
      runs: all('SELECT * FROM runs ORDER BY number'),
      approvals: all('SELECT * FROM approvals'),
      completions: all('SELECT * FROM completions'),
      updates: all('SELECT * FROM updates ORDER BY id'),
      messages: all('SELECT * FROM messages'),
    }),
  );
  return {
    tables: () => tables(),
    projects: () => all('SELECT * FROM projects ORDER BY created_at'),
    runs: () => all('SELECT * FROM runs ORDER BY number'),
    holds: () => all('SELECT * FROM holds'),
    events: (type) => all('SELECT * FROM events WHERE type = ? ORDER BY id', type),
    lease: () => sqlite.prepare('SELECT * FROM supervisor').get() as Row<'supervisor'> | undefined,
    close: () => sqlite.close(),
  };
}
