/**
 * The verbs: everything Desktop, Code, a person or the supervisor may do to a project. This room promises that each
 * verb is one transaction that checks the move, writes the rows and appends the event, or refuses and writes nothing.
 * Whatever else stands between a person and the store calls these; nothing else writes.
 */

import { randomBytes } from 'node:crypto';
import type { Actor } from '../project/actor.ts';
import type { Happening, NewEvent } from '../project/event.ts';
import {
  asProjectId,
  asRequestId,
  asRunId,
  isProjectId,
  type ProjectId,
  type RequestId,
  type RunId,
  unknownProject,
} from '../project/ids.ts';
import { illegalMoveMessage, next, type Project, type ProjectAction } from '../project/project.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader, Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { findProject, lockProject, updateProject } from '../store/projects.ts';
import { StoreError } from '../store/store-error.ts';
import { type Bridge, databaseOf, openBridge } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';

export type { Actor };
export { type Bridge, openBridge };

/** Whether the store cannot answer for now: nothing was changed, and the same call may succeed later. */
export function isTransientStoreError(error: unknown): boolean {
  return error instanceof StoreError && ['busy', 'full', 'failing'].includes(error.problem);
}

/** Whether the store failed, which concerns every project and not one alone. */
export function isStoreError(error: unknown): boolean {
  return error instanceof StoreError;
}

/** 12 hex digits: unguessable, and safe as a file name. */
export function newProjectId(): ProjectId {
  return asProjectId(randomId());
}

/** 12 hex digits: unguessable, and safe as a file name. */
export function newRunId(): RunId {
  return asRunId(randomId());
}

/** 12 hex digits: unguessable. */
export function newRequestId(): RequestId {
  return asRequestId(randomId());
}

function randomId(): string {
  return randomBytes(6).toString('hex');
}

export function nowText(bridge: Bridge): string {
  return bridge.clock.now().toISOString();
}

/** What a change needs to know and may do. */
export interface ProjectChange {
  readonly trx: Writer;
  readonly now: string;
  /** As it was before the change. */
  readonly project: Project;
  readonly to: Project['status'];
  /** Moves on at once from where the change has led; returns the status after it. */
  moveOn(action: ProjectAction): Project['status'];
  event(happening: Happening, runId?: RunId | null): Promise<void>;
}

/**
 * One transaction on one project: refuses an unknown id or an illegal move, lets `work` write, then moves the status;
 * and, when that is committed, the lines of its events in the project's status file. `before`, when it answers, ends the
 * change with that answer instead (a repeated call).
 */
export async function changeProject<T>(
  bridge: Bridge,
  projectId: ProjectId,
  action: ProjectAction | ((project: Project) => ProjectAction),
  actor: Actor,
  work: (change: ProjectChange) => Promise<T>,
  before?: (trx: Writer, project: Project) => Promise<Result<T> | undefined>,
): Promise<Result<T>> {
  const { reply, changed } = await databaseOf(bridge).write<Changing<T>>(async ({ trx, now }) => {
    const project = isProjectId(projectId) ? await lockProject(trx, projectId) : undefined;
    if (!project) return { reply: refuse(unknownProject(projectId)) };
    const early = await before?.(trx, project);
    if (early) return { reply: early };
    const taken = typeof action === 'function' ? action(project) : action;
    const to = next(project, taken);
    if (!to) return { reply: refuse(illegalMoveMessage(project.status, taken)) };
    const events: NewEvent[] = [];
    const event: ProjectChange['event'] = async (happening, runId = null) => {
      const appended: NewEvent = { ...happening, projectId, runId, actor, createdAt: now };
      await appendEvent(trx, appended);
      events.push(appended);
    };
    let status = to;
    const moveOn: ProjectChange['moveOn'] = (following) => {
      const after = next({ ...project, status }, following);
      if (!after) throw new Error(`${following} cannot follow ${taken}: ${projectId} is ${status}`);
      status = after;
      return after;
    };
    const value = await work({ trx, now, project, to, moveOn, event });
    await updateProject(trx, projectId, { status });
    return { reply: ok(value), changed: { project, events } };
  });
  if (changed) await addToStatusFile(bridge, changed.project, changed.events);
  return reply;
}

/** What the transaction of a change hands out: it may run more than once, so that it keeps nothing elsewhere. */
interface Changing<T> {
  readonly reply: Result<T>;
  readonly changed?: { readonly project: Project; readonly events: readonly NewEvent[] };
}

/** The project with this id; an id of the wrong form is never given to the database or the file system. */
export async function lookUp(db: Reader, projectId: ProjectId): Promise<Project | undefined> {
  return isProjectId(projectId) ? findProject(db, projectId) : undefined;
}
