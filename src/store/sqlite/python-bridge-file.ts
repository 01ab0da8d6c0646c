/**
 * The database of the Python bridge, bridge.db (https://github.com/Gowindude/claude-desktop-code-bridge), and the plans beside
 * it, read and never written. Known of its schema are the tables projects, updates, completions and approvals; a column is
 * looked for under each name that it may have, and what is not understood is told.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { timeOf } from '../../project/foreign-time.ts';
import type { ForeignDecision, ForeignProject } from '../../project/imported.ts';
import { LIMITS } from '../../project/text.ts';
import { openSqlite, translating } from './open-sqlite.ts';
import { columnsOf, isPythonBridge, quotedName, tablesOf } from './tables.ts';

export interface PythonBridgeFile {
  readonly projects: readonly ForeignProject[];
  /** What has values that were not understood, such as `updates.colour (3)`. */
  readonly notUnderstood: readonly string[];
}

/** All of it, as it was at one moment; undefined when this is no such file. Throws StoreError. */
export function readPythonBridge(file: string): PythonBridgeFile | undefined {
  if (!existsSync(file) || !statSync(file).isFile()) return undefined;
  const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
  try {
    if (!hasItsTables(sqlite)) return undefined;
    return translating(file, () =>
      sqlite.transaction(() => new Reading(sqlite, join(dirname(file), 'plans')).all())(),
    );
  } finally {
    sqlite.close();
  }
}

/** False, too, when the file cannot be read as a database. */
function hasItsTables(sqlite: Sqlite.Database): boolean {
  try {
    return isPythonBridge(sqlite);
  } catch {
    return false;
  }
}

/** Each table: what is read of it, and under which names that may be there. */
const COLUMNS = {
  projects: {
    id: ['id', 'project_id'],
    title: ['title', 'name'],
    status: ['status'],
    workspace: ['workspace', 'workspace_path'],
    plan: ['plan_markdown', 'plan'],
    createdAt: ['created_at'],
    updatedAt: ['updated_at'],
  },
  updates: {
    project: ['project_id'],
    message: ['message', 'content', 'text'],
    createdAt: ['created_at', 'timestamp'],
  },
  completions: {
    project: ['project_id'],
    summary: ['summary'],
    filesCreated: ['files_created'],
    filesModified: ['files_modified'],
    caveats: ['caveats'],
    createdAt: ['created_at', 'submitted_at', 'timestamp'],
  },
  approvals: {
    project: ['project_id'],
    verdict: ['decision', 'verdict', 'status', 'action', 'approved'],
    reason: ['reason', 'comment', 'feedback'],
    createdAt: ['created_at', 'decided_at', 'timestamp'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

type Table = keyof typeof COLUMNS;
type Row<T extends Table> = { readonly [field in keyof (typeof COLUMNS)[T]]: string | null };

/** Numbers of rows, and the file where a plan lies: the program wrote it there for people. */
const KNOWN_BESIDE: readonly string[] = ['id', 'plan_path', 'status_path'];

interface RecordRows {
  readonly updates: ReadonlyMap<string | null, readonly Row<'updates'>[]>;
  readonly completions: ReadonlyMap<string | null, readonly Row<'completions'>[]>;
  readonly approvals: ReadonlyMap<string | null, readonly Row<'approvals'>[]>;
}

/** Of a project without a readable time. */
const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z';

class Reading {
  readonly #sqlite: Sqlite.Database;
  readonly #plans: string;
  readonly #notUnderstood = new Map<string, number>();

  constructor(sqlite: Sqlite.Database, plans: string) {
    this.#sqlite = sqlite;
    this.#plans = plans;
  }

  all(): PythonBridgeFile {
    const projects = this.#rows('projects');
    const ids = new Set(projects.map(({ id }) => id));
    const record = {
      updates: this.#byProject('updates', ids),
      completions: this.#byProject('completions', ids),
      approvals: this.#byProject('approvals', ids),
    };
    this.#noteOtherTables();
    const read = projects.map((row) => this.#project(row, record));
    return {
      projects: read,
      notUnderstood: [...this.#notUnderstood].map(([what, count]) => `${what} (${count})`),
    };
  }

  #project(row: Row<'projects'>, record: RecordRows): ForeignProject {
    const updatedAt = this.#time(row.updatedAt);
    const createdAt = this.#time(row.createdAt) ?? updatedAt ?? UNKNOWN_TIME;
    const id = row.id ?? '';
    return {
      id,
      title: row.title ?? '',
      status: (row.status ?? '').trim().toLowerCase(),
      workspace: row.workspace,
      plan: row.plan || this.#planBeside(id),
      createdAt,
      updatedAt: updatedAt ?? createdAt,
      updates: (record.updates.get(row.id) ?? []).map((update) => ({
        message: update.message ?? '',
        createdAt: this.#time(update.createdAt) ?? createdAt,
      })),
      completions: (record.completions.get(row.id) ?? []).map((completion) => ({
        summary: completion.summary ?? '',
        filesCreated: namesIn(completion.filesCreated),
        filesModified: namesIn(completion.filesModified),
        caveats: completion.caveats ?? '',
        createdAt: this.#time(completion.createdAt) ?? createdAt,
      })),
      decisions: (record.approvals.get(row.id) ?? []).flatMap((decision) =>
        this.#decision(decision, createdAt),
      ),
    };
  }

  #decision({ verdict, reason, createdAt }: Row<'approvals'>, otherwise: string): ForeignDecision[] {
    const known = VERDICTS.get((verdict ?? '').trim().toLowerCase());
    if (known === undefined) {
      this.#note('approvals without a verdict');
      return [];
    }
    return [{ verdict: known, reason: reason ?? '', createdAt: this.#time(createdAt) ?? otherwise }];
  }

  #time(text: string | null): string | undefined {
    const time = text === null ? undefined : timeOf(text);
    if (text !== null && time === undefined) this.#note('times that are none');
    return time;
  }

  /** In their order. Notes what has a value and is not read. */
  #rows<T extends Table>(table: T): Row<T>[] {
    const there = columnsOf(this.#sqlite, table);
    const found = Object.entries(COLUMNS[table]).map(([field, names]: [string, readonly string[]]) => ({
      field,
      name: names.find((name) => there.includes(name)),
    }));
    for (const name of there) {
      if (KNOWN_BESIDE.includes(name) || found.some((one) => one.name === name)) continue;
      const query = `SELECT count(*) FROM ${table} WHERE ${quotedName(name)} IS NOT NULL AND ${quotedName(name)} <> ''`;
      const count = Number(this.#sqlite.prepare(query).pluck().get());
      this.#note(`${table}.${name}`, count);
    }
    const columns = found.map(({ field, name }) =>
      name === undefined ? `NULL AS ${field}` : `CAST(${quotedName(name)} AS TEXT) AS ${field}`,
    );
    return this.#sqlite.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).all() as Row<T>[];
  }

  #noteOtherTables(): void {
    for (const table of tablesOf(this.#sqlite)) {
      if (Object.hasOwn(COLUMNS, table)) continue;
      const query = `SELECT count(*) FROM ${quotedName(table)}`;
      const count = Number(this.#sqlite.prepare(query).pluck().get());
      this.#note(`rows of ${table}`, count);
    }
  }

  #note(what: string, count = 1): void {
    if (count > 0) this.#notUnderstood.set(what, (this.#notUnderstood.get(what) ?? 0) + count);
  }

  #byProject<T extends 'updates' | 'completions' | 'approvals'>(
    table: T,
    ids: ReadonlySet<string | null>,
  ): Map<string | null, Row<T>[]> {
    const rows = Map.groupBy(this.#rows(table), ({ project }) => project);
    for (const [id, orphans] of rows)
      if (!ids.has(id)) this.#note(`${table} of a project that is not there`, orphans.length);
    return rows;
  }

  /** Where the program wrote it. An id that is no plain word names no file. */
  #planBeside(id: string): string | null {
    const file = join(this.#plans, `${id}.md`);
    if (!/^[\w-]{1,100}$/.test(id) || !existsSync(file)) return null;
    const { size } = statSync(file);
    if (size > LIMITS.planBytes) {
      this.#note(`plans larger than ${LIMITS.planBytes} bytes`);
      return null;
    }
    return readFileSync(file, 'utf8') || null;
  }
}

const VERDICTS: ReadonlyMap<string, ForeignDecision['verdict']> = new Map([
  ['approved', 'approved'],
  ['approve', 'approved'],
  ['1', 'approved'],
  ['rejected', 'rejected'],
  ['reject', 'rejected'],
  ['0', 'rejected'],
]);

/** A list as JSON, or a name on each line. */
function namesIn(text: string | null): string[] {
  if (text === null || text.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map(String);
  } catch {
    // Then it is a plain text.
  }
  return text.split('\n').filter((line) => line.trim() !== '');
}
