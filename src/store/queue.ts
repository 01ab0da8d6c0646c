/** What waits for the supervisor, and which of it may start now. */
import { sql } from 'kysely';
import { backOffEnds } from '../project/back-off.ts';
import type { MachineId, ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { Reader, Writer } from './database.ts';
import { toProject } from './projects.ts';

/** What may not run now. */
export interface HeldWork {
  /** Model families. A project without a model runs `model`; null when its family is unknown. */
  readonly families: readonly string[];
  readonly model: string | null;
  /** Whether what is pending is held, too: only work that was begun goes on. */
  readonly pending: boolean;
}

/**
 * Folders in which no run may start now, besides those with an active run of this machine under the same path. They say
 * nothing about a project with a worktree of its own.
 */
export interface BusyFolders {
  readonly folders: readonly string[];
  /** Of projects with worktrees: they are passed over. */
  readonly projects: readonly ProjectId[];
  /** Workspaces that have as many runs as their owner lets them have, with a worktree or without. */
  readonly full: readonly string[];
  /** Including everything below them; each ends with a separator. */
  readonly trees: readonly string[];
}

const NOTHING_HELD: HeldWork = { families: [], model: null, pending: false };
const NONE_BUSY: BusyFolders = { folders: [], projects: [], full: [], trees: [] };

/**
 * Projects that the supervisor may start a run for now, highest priority first, then oldest: pending ones, and claimed
 * ones that wait for another run. None whose workspace has an active run on `machine`.
 */
export async function readyProjects(
  db: Reader,
  machine: MachineId,
  now: string,
  limit: number,
  held: HeldWork = NOTHING_HELD,
  busy: BusyFolders = NONE_BUSY,
): Promise<Project[]> {
  const rows = await ready(db, machine, now, held, busy).limit(limit).execute();
  return rows.map(toProject);
}

/**
 * The first of the ready projects, which nobody else changes until the transaction ends. One that somebody changes at
 * this moment is passed over.
 */
export async function lockNextReady(
  trx: Writer,
  machine: MachineId,
  now: string,
  held: HeldWork,
  busy: BusyFolders,
): Promise<Project | undefined> {
  const row = await ready(trx, machine, now, held, busy)
    .limit(1)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row && toProject(row);
}

function ready(db: Reader, machine: MachineId, now: string, held: HeldWork, busy: BusyFolders) {
  const { after, latest } = backOffEnds(now);
  return queue(db)
    .where((eb) =>
      eb.or([eb('not_before', 'is', null), eb('not_before', '<=', after), eb('not_before', '>', latest)]),
    )
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('dependencies')
            .innerJoin('projects as needed', 'needed.id', 'dependencies.depends_on')
            .select('needed.id')
            .whereRef('dependencies.project_id', '=', 'projects.id')
            .where('needed.status', '!=', 'complete'),
        ),
      ),
    )
    .where(({ or, not, exists, selectFrom }) =>
      or([
        HAS_WORKTREE,
        not(
          exists(
            selectFrom('runs')
              .select('runs.id')
              .where('runs.machine_id', '=', machine)
              .whereRef('runs.workspace', '=', 'projects.workspace')
              .where('runs.ended_at', 'is', null),
          ),
        ),
      ]),
    )
    .where((eb) =>
      eb.and(
        held.families.map((family) =>
          // Lower case: not every database ignores case in comparisons.
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
        ...(held.pending ? [eb('status', '!=', 'pending' as const)] : []),
        ...busy.projects.map((id) => eb('id', '!=', id)),
        ...busy.full.map((workspace) => eb('workspace', '!=', workspace)),
        ...busy.folders.map((folder) => eb.or([HAS_WORKTREE, eb('workspace', '!=', folder)])),
        ...busy.trees.map((tree) =>
          eb.or([HAS_WORKTREE, sql<boolean>`substr(workspace, 1, length(${tree})) <> ${tree}`]),
        ),
      ]),
    );
}

const HAS_WORKTREE = sql<boolean>`coalesce(projects.isolation, 'in_place') = 'worktree'`;

/** Projects that wait for the supervisor to start a run, ready or not, in the order in which they would start. */
export async function queuedProjects(db: Reader, limit: number): Promise<Project[]> {
  const rows = await queue(db).limit(limit).execute();
  return rows.map(toProject);
}

/** What waits for the supervisor, in the order in which it is taken up: that of the index projects_ready. */
function queue(db: Reader) {
  return db
    .selectFrom('projects')
    .selectAll()
    .where('run_id', 'is', null)
    .where(READY)
    .orderBy('priority', 'desc')
    .orderBy('created_at')
    .orderBy('id');
}

/** When the next back-off of a waiting project ends; undefined when none has one. */
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

/** Pending projects whose time to begin has passed, at most `limit`. */
export async function expiredProjects(db: Reader, now: string, limit: number): Promise<ProjectId[]> {
  const rows = await db
    .selectFrom('projects')
    .select('id')
    .where('expires_at', '<=', now)
    .where('status', '=', 'pending')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** When the next pending project expires; undefined when none does. */
export async function nextExpiry(db: Reader): Promise<string | undefined> {
  const row = await db
    .selectFrom('projects')
    .select('expires_at')
    .where('expires_at', 'is not', null)
    .where('status', '=', 'pending')
    .orderBy('expires_at')
    .limit(1)
    .executeTakeFirst();
  return row?.expires_at ?? undefined;
}

/** With `run_id IS NULL` the condition of the index projects_ready, word for word: only so does the database see that the index applies. */
const READY = sql<boolean>`CASE WHEN status = 'pending' THEN 1
  WHEN status IN ('in_progress', 'rejected') AND claimed_by = 'supervisor' THEN 1 ELSE 0 END = 1`;
