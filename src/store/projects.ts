import { sql } from 'kysely';
import type { ProjectId } from '../project/ids.ts';
import { CLAIMANTS, PROJECT_STATUSES, type Project, type ProjectStatus } from '../project/project.ts';
import type { Reader, Writer } from './database.ts';
import { keptQuery } from './kept-query.ts';
import { knownWord } from './known-word.ts';
import { insertPlan } from './plans.ts';
import type { NewRow, Row } from './schema.ts';
import { fromSettingColumns } from './setting-columns.ts';

/** The columns of a project that nobody has begun. */
export const NOT_BEGUN = {
  claimed_by: null,
  session_id: null,
  round: 1,
  tries: 0,
  not_before: null,
  attention: null,
} as const;

export async function insertProject(
  trx: Writer,
  row: NewRow<'projects'>,
  markdown: string,
): Promise<Project> {
  const inserted = await trx.insertInto('projects').values(row).returningAll().executeTakeFirstOrThrow();
  const plan = { project_id: row.id, revision: 1, markdown, created_at: row.created_at };
  await insertPlan(trx, plan);
  return toProject(inserted);
}

export async function findProject(db: Reader, id: ProjectId): Promise<Project | undefined> {
  const row = await db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toProject(row);
}

/**
 * The project, which nobody else changes until the transaction ends. Whoever writes to a project begins with this: what
 * was read before may have changed by then. It does not keep others from adding rows that name the project, as an
 * update lock would (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS).
 */
export async function lockProject(trx: Writer, id: ProjectId): Promise<Project | undefined> {
  const row = await trx
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && toProject(row);
}

/** Every project with a run under way. */
export async function projectsUnderWay(db: Reader): Promise<Project[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('projects', 'projects.id', 'runs.project_id')
    .selectAll('projects')
    .where('runs.ended_at', 'is', null)
    .execute();
  return rows.map(toProject);
}

/** Ids that begin with `prefix`, which must be hexadecimal digits; at most `limit`. */
export async function projectIdsFrom(db: Reader, prefix: string, limit: number): Promise<ProjectId[]> {
  const rows = await db
    .selectFrom('projects')
    .select('id')
    .where(sql<string>`id`, '>=', prefix)
    // The first character after the hexadecimal digits.
    .where(sql<string>`id`, '<', `${prefix}g`)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function findProjectByRequest(db: Reader, requestId: string): Promise<Project | undefined> {
  const row = await db
    .selectFrom('projects')
    .selectAll()
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return row && toProject(row);
}

export async function updateProject(
  trx: Writer,
  id: ProjectId,
  changes: Partial<Omit<Row<'projects'>, 'id' | 'run_id' | 'created_at'>>,
): Promise<void> {
  await trx.updateTable('projects').set(changes).where('id', '=', id).execute();
}

export interface ProjectFilter {
  readonly statuses?: readonly ProjectStatus[];
  /** Newest first unless `oldestFirst`. */
  readonly oldestFirst?: boolean;
  readonly limit: number;
  /** Only those with this in their title, or at the beginning of their id; `a` to `z` stand for `A` to `Z`, too. */
  readonly words?: string;
  /** The last project of the previous page. */
  readonly after?: { readonly createdAt: string; readonly id: ProjectId };
}

/**
 * Projects by age. For several statuses, reads a page of each and merges them: sorting them in SQL would read every
 * project.
 */
export async function listProjects(db: Reader, filter: ProjectFilter): Promise<Project[]> {
  const statuses = [...new Set(filter.statuses)];
  if (filter.statuses && statuses.length !== 1) return listOfSeveral(db, filter, statuses);
  const { limit, oldestFirst = false, after, words } = filter;
  const isFirstPage = after === undefined && words === undefined;
  const query = isFirstPage ? firstPage(db, limit, oldestFirst, statuses[0]) : page(db, filter, statuses[0]);
  return (await query.execute()).map(toProject);
}

/** What is asked most, and has no words of the caller in it. */
const firstPage = keptQuery((db, limit: number, oldestFirst: boolean, status: ProjectStatus | undefined) =>
  page(db, { limit, oldestFirst }, status),
);

async function listOfSeveral(
  db: Reader,
  filter: ProjectFilter,
  statuses: readonly ProjectStatus[],
): Promise<Project[]> {
  const direction = filter.oldestFirst ? 'asc' : 'desc';
  const [first, ...others] = statuses.map((status) =>
    db.selectFrom(page(db, filter, status).as('page')).selectAll(),
  );
  if (!first) return [];
  const rows = await others
    .reduce((union, other) => union.unionAll(other), first)
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(filter.limit)
    .execute();
  return rows.map(toProject);
}

function page(db: Reader, filter: ProjectFilter, status: ProjectStatus | undefined) {
  const { oldestFirst, after, limit, words } = filter;
  const direction = oldestFirst ? 'asc' : 'desc';
  return db
    .selectFrom('projects')
    .selectAll()
    .$if(status !== undefined, (query) => query.where('status', '=', status as ProjectStatus))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        after === undefined
          ? eb.lit(true)
          : eb(refTuple('created_at', 'id'), oldestFirst ? '>' : '<', tuple(after.createdAt, after.id)),
      ),
    )
    .$if(words !== undefined, (query) => query.where(hasWords(words ?? '')))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(limit);
}

/**
 * No index finds what is within a title: it is looked for in each project, until the page is full. Among 10,000 projects
 * that takes 13 ms where none has it.
 */
function hasWords(words: string) {
  const literal = words.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return sql<boolean>`(lower(title) LIKE lower(${`%${literal}%`}) ESCAPE '\\' OR id LIKE lower(${`${literal}%`}) ESCAPE '\\')`;
}

export async function countByStatus(db: Reader): Promise<Partial<Record<ProjectStatus, number>>> {
  const rows = await db.selectFrom('project_counts').selectAll().where('count', '>', 0).execute();
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

const statusWord = knownWord('projects.status', PROJECT_STATUSES);
const claimantWord = knownWord('projects.claimed_by', CLAIMANTS);

export function toProject(row: Row<'projects'>): Project {
  return {
    // First: V8 copies what begins an object at once, and anything else key by key.
    ...fromSettingColumns(row),
    id: row.id,
    title: row.title,
    status: statusWord(row.status),
    workspace: row.workspace,
    place: row.place,
    claimedBy: row.claimed_by && claimantWord(row.claimed_by),
    runId: row.run_id,
    sessionId: row.session_id,
    round: row.round,
    tries: row.tries,
    notBefore: row.not_before,
    attention: row.attention,
    attentionFrom: row.attention_from && statusWord(row.attention_from),
    expiresAt: row.expires_at,
    scheduleId: row.schedule_id,
    slot: row.slot,
    outlineRound: row.outline_round,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
