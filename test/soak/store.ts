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
  readonly worktrees: readonly Row<'worktrees'>[];
  readonly evidence: readonly Row<'evidence'>[];
  readonly landings: readonly Row<'landings'>[];
  readonly requests: readonly Row<'requests'>[];
  readonly plans: readonly Row<'plans'>[];
}

export interface StoreView {
  /** All of one moment. */
  tables(): Tables;
  projects(): readonly Row<'projects'>[];
  runs(): readonly Row<'runs'>[];
  worktreeOf(projectId: string): Row<'worktrees'> | undefined;
  /** The newest of a round. */
  evidenceOf(projectId: string, round: number): Row<'evidence'> | undefined;
  /** The newest try at landing what was approved of a project. */
  landingOf(projectId: string): Row<'landings'> | undefined;
  /** The number of the newest event. */
  lastEvent(): number;
  /** The ids of all events up to this one, in order. */
  history(last: number): number[];
  /** What the person can decide now, oldest first. */
  undecided(): readonly Row<'requests'>[];
  holds(): readonly Row<'holds'>[];
  /** Events of this type, in their order. */
  events(type: string): readonly Row<'events'>[];
  lease(): Row<'supervisor'> | undefined;
  close(): void;
}

export function openStoreView(home: string): StoreView {
  const sqlite = new Sqlite(join(home, 'bridge.db'), { readonly: true, timeout: 10_000 });
  const all = <T>(query: string, ...values: unknown[]) => sqlite.prepare(query).all(...values) as T[];
  const one = <T>(query: string, ...values: unknown[]) =>
    sqlite.prepare(query).get(...values) as T | undefined;
  const tables = sqlite.transaction(
    (): Tables => ({
      projects: all('SELECT * FROM projects'),
      runs: all('SELECT * FROM runs ORDER BY number'),
      approvals: all('SELECT * FROM approvals'),
      completions: all('SELECT * FROM completions'),
      updates: all('SELECT * FROM updates ORDER BY id'),
      messages: all('SELECT * FROM messages'),
      worktrees: all('SELECT * FROM worktrees'),
      evidence: all('SELECT * FROM evidence ORDER BY id'),
      landings: all('SELECT * FROM landings ORDER BY id'),
      requests: all('SELECT * FROM requests ORDER BY created_at'),
      plans: all('SELECT * FROM plans'),
    }),
  );
  return {
    tables: () => tables(),
    projects: () => all('SELECT * FROM projects ORDER BY created_at'),
    runs: () => all('SELECT * FROM runs ORDER BY number'),
    worktreeOf: (id) => one('SELECT * FROM worktrees WHERE project_id = ?', id),
    evidenceOf: (id, round) =>
      one('SELECT * FROM evidence WHERE project_id = ? AND round = ? ORDER BY id DESC', id, round),
    landingOf: (id) =>
      one(
        `SELECT landings.* FROM landings JOIN approvals ON approvals.id = approval_id
         WHERE project_id = ? ORDER BY landings.id DESC`,
        id,
      ),
    lastEvent: () => one<{ id: number }>('SELECT max(id) AS id FROM events')?.id ?? 0,
    history: (last) =>
      all<{ id: number }>('SELECT id FROM events WHERE id <= ? ORDER BY id', last).map(({ id }) => id),
    undecided: () => all("SELECT * FROM requests WHERE state IN ('open', 'deferred') ORDER BY created_at"),
    holds: () => all('SELECT * FROM holds'),
    events: (type) => all('SELECT * FROM events WHERE type = ? ORDER BY id', type),
    lease: () => one('SELECT * FROM supervisor'),
    close: () => sqlite.close(),
  };
}
