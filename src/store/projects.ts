import { sql } from 'kysely';
import { backOffEnds } from '../project/back-off.ts';
import type { ProjectId } from '../project/ids.ts';
import { CLAIMANTS, PROJECT_STATUSES, type Project, type ProjectStatus } from '../project/project.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';
import { fromSettingColumns } from './setting-columns.ts';

export async function insertProject(trx: Writer, row: NewRow<'projects'>, markdown: string): Promise<void> {
  await trx.insertInto('projects').values(row).execute();
  const plan = { project_id: row.id, revision: 1, markdown, created_at: row.created_at };
  await trx.insertInto('plans').values(plan).execute();
}

export async function findProject(db: Reader, id: ProjectId): Promise<Project | undefined> {
  const row = await db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toProject(row);
}

/** Ids that begin with `prefix`, which must be hex digits; at most `limit`. */
export async function projectIdsFrom(db: Reader, prefix: string, limit: number): Promise<ProjectId[]> {
  const rows = await db
    .selectFrom('projects')
    .select('id')
    .where(sql<string>`id`, '>=', prefix)
    // The first letter after the hex digits.
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
  changes: Partial<Omit<Row<'projects'>, 'id' | 'created_at'>>,
): Promise<void> {
  await trx.updateTable('projects').set(changes).where('id', '=', id).execute();
}

/** The plan's newest text. */
export async function planText(db: Reader, projectId: ProjectId): Promise<string> {
  const row = await db
    .selectFrom('plans')
    .select('markdown')
    .where('project_id', '=', projectId)
    .orderBy('revision', 'desc')
    .executeTakeFirstOrThrow();
  return row.markdown;
}

export interface ProjectFilter {
  readonly statuses?: readonly ProjectStatus[];
  /** Newest first unless `oldestFirst`. */
  readonly oldestFirst?: boolean;
  readonly limit: number;
  /** Continue after this project of an earlier page. */
  readonly after?: { readonly createdAt: string; readonly id: ProjectId };
}

/** Projects by age. Of several statuses at once: a page of each, then the first of all, for to sort them reads every one. */
export async function listProjects(db: Reader, filter: ProjectFilter): Promise<Project[]> {
  const statuses = [...new Set(filter.statuses)];
  if (filter.statuses && statuses.length !== 1) return listOfSeveral(db, filter, statuses);
  return (await page(db, filter, statuses[0]).execute()).map(toProject);
}

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
  const { oldestFirst, after, limit } = filter;
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
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(limit);
}

export async function countByStatus(db: Reader): Promise<Partial<Record<ProjectStatus, number>>> {
  const rows = await db.selectFrom('project_counts').selectAll().where('count', '>', 0).execute();
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

/** Model families that may not run now. A project without a model runs `model`; null: of no family that is known. */
export interface HeldModels {
  readonly families: readonly string[];
  readonly model: string | null;
}

/** Folders in which no run may start now, besides those that have a run under way under the same path. */
export interface BusyFolders {
  readonly folders: readonly string[];
  /** With everything below them; each ends with a separator. */
  readonly trees: readonly string[];
}

/**
 * Projects the supervisor may start a run for now, highest priority first, then oldest: pending ones, and those it has
 * already claimed that wait for another run. None whose workspace has a run under way.
 */
export async function readyProjects(
  db: Reader,
  now: string,
  limit: number,
  held: HeldModels = { families: [], model: null },
  busy: BusyFolders = { folders: [], trees: [] },
): Promise<Project[]> {
  const { after, latest } = backOffEnds(now);
  const rows = await queue(db)
    .where((eb) =>
      eb.or([eb('not_before', 'is', null), eb('not_before', '<=', after), eb('not_before', '>', latest)]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('runs')
            .select('runs.id')
            .whereRef('runs.workspace', '=', 'projects.workspace')
            .where('runs.ended_at', 'is', null),
        ),
      ),
    )
    .where((eb) =>
      eb.and(
        held.families.map((family) =>
          // Lower case: not every database compares without regard to case.
          eb(
            eb.fn<string>('lower', [eb.fn.coalesce('model', eb.val(held.model ?? ''))]),
            'not like',
            `%${family.toLowerCase()}%`,
          ),
        ),
      ),
    )
    .where((eb) =>
      eb.and([
        ...busy.folders.map((folder) => eb('workspace', '!=', folder)),
        ...busy.trees.map((tree) => sql<boolean>`substr(workspace, 1, length(${tree})) <> ${tree}`),
      ]),
    )
    .limit(limit)
    .execute();
  return rows.map(toProject);
}

/** Projects that wait for a run of the supervisor's, ready or not, in the order in which they would start. */
export async function queuedProjects(db: Reader, limit: number): Promise<Project[]> {
  const rows = await queue(db)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('runs')
            .select('runs.id')
            .whereRef('runs.project_id', '=', 'projects.id')
            .where('runs.ended_at', 'is', null),
        ),
      ),
    )
    .limit(limit)
    .execute();
  return rows.map(toProject);
}

/** What waits for the supervisor, in the order in which it is taken up: that of the index projects_ready. */
function queue(db: Reader) {
  return db
    .selectFrom('projects')
    .selectAll()
    .where(READY)
    .orderBy('priority', 'desc')
    .orderBy('created_at')
    .orderBy('id');
}

/** When the next project that is waiting out a back-off becomes ready, if any waits. */
export async function nextReadyAt(db: Reader, now: string): Promise<string | undefined> {
  const { after, latest } = backOffEnds(now);
  const row = await db
    .selectFrom('projects')
    .select('not_before')
    .where(READY)
    .where('not_before', '>', after)
    .where('not_before', '<=', latest)
    .orderBy('not_before')
    .limit(1)
    .executeTakeFirst();
  return row?.not_before ?? undefined;
}

/** The condition of the index projects_ready, word for word: only so does the database see that the index applies. */
const READY = sql<boolean>`CASE WHEN status = 'pending' THEN 1
  WHEN status IN ('in_progress', 'rejected') AND claimed_by = 'supervisor' THEN 1 ELSE 0 END = 1`;

const statusWord = knownWord('projects.status', PROJECT_STATUSES);
const claimantWord = knownWord('projects.claimed_by', CLAIMANTS);

function toProject(row: Row<'projects'>): Project {
  return {
    id: row.id,
    title: row.title,
    status: statusWord(row.status),
    workspace: row.workspace,
    ...fromSettingColumns(row),
    claimedBy: row.claimed_by && claimantWord(row.claimed_by),
    sessionId: row.session_id,
    round: row.round,
    tries: row.tries,
    notBefore: row.not_before,
    attention: row.attention,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
