/** Keeps the files people read in step with the store, after a change is committed. */

import { readFile } from 'node:fs/promises';
import type { BridgeEvent, HistoryEvent } from '../project/event.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import { countEntries, statusEntry, statusHeading } from '../project/status-text.ts';
import { planFile, statusFile } from '../state-folder.ts';
import type { Reader } from '../store/database.ts';
import { BEGINNING, type Cursor, cursorAfter, eventsAfter } from '../store/events.ts';
import { newestPlan, planText } from '../store/plans.ts';
import { appendWhole, writeIfOther, writeMissing } from '../store/project-files.ts';
import { findCompletion } from '../store/reviews.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/**
 * Adds the entries of a change to the project's status file. The change is already safe in the store: a file that
 * cannot be written now is written whole at the next change.
 */
export async function addToStatusFile(
  bridge: Bridge,
  project: Project,
  entries: readonly HistoryEvent[],
): Promise<void> {
  await Promise.allSettled([writePlan(bridge, project), writeStatus(bridge, project, entries)]);
}

/**
 * Adds what a run that has ended could not: our server, which it started, may have been killed between a change and its
 * line. Only for a run of which no process is left. An entry is known by its time, not by its words: another version of
 * the program may have written it.
 */
export async function completeStatusFile(bridge: Bridge, project: Project, runId: RunId): Promise<void> {
  const db = databaseOf(bridge).read;
  const status = await readFile(statusFile(bridge.stateDir, project.id), 'utf8').catch(() => undefined);
  // A file that is missing is written whole at the next change.
  if (status === undefined) return;
  const written = countEntries(status);
  const missing: HistoryEvent[] = [];
  for await (const event of historyOf(db, project.id)) {
    if (event.type === 'run.ended' && event.runId === runId) continue;
    if ((await words(db, project.id, [event])) === '') continue;
    const count = written.get(event.createdAt) ?? 0;
    if (count > 0) written.set(event.createdAt, count - 1);
    else if (event.runId === runId) missing.push(event);
  }
  if (missing.length > 0) await addToStatusFile(bridge, project, missing);
}

async function writePlan(bridge: Bridge, { id }: Project): Promise<void> {
  const db = databaseOf(bridge).read;
  const file = planFile(bridge.stateDir, id);
  if (await writeMissing(file, () => planText(db, id))) return;
  const { revision, markdown } = await newestPlan(db, id);
  if (revision > 1) await writeIfOther(file, markdown);
}

async function writeStatus(
  bridge: Bridge,
  project: Project,
  entries: readonly HistoryEvent[],
): Promise<void> {
  const db = databaseOf(bridge).read;
  const file = statusFile(bridge.stateDir, project.id);
  if (await writeMissing(file, () => wholeStatus(db, project))) return;
  const text = await words(db, project.id, entries);
  if (text !== '') await appendWhole(file, text);
}

/** The newest part of a project's history in words, for a session that has no memory of it. */
export async function statusExcerpt(db: Reader, project: Project): Promise<string> {
  const status = await wholeStatus(db, project);
  if (status.length <= MAX_EXCERPT) return status;
  // A line of which the beginning is gone could be somebody's words without their quotation mark.
  return `> …${status.slice(-MAX_EXCERPT).toWellFormed()}`;
}

const MAX_EXCERPT = 8_000;
const EVENT_BATCH_SIZE = 1_000;

async function wholeStatus(db: Reader, project: Project): Promise<string> {
  let status = statusHeading(project);
  for await (const event of historyOf(db, project.id)) status += await words(db, project.id, [event]);
  return status;
}

async function* historyOf(db: Reader, projectId: ProjectId): AsyncGenerator<BridgeEvent> {
  for (let cursor: Cursor | undefined = BEGINNING; cursor !== undefined; ) {
    const events: BridgeEvent[] = await eventsAfter(db, cursor, EVENT_BATCH_SIZE, projectId);
    yield* events;
    const last = events.at(-1);
    cursor = last && cursorAfter(last);
  }
}

async function words(db: Reader, projectId: ProjectId, entries: readonly HistoryEvent[]): Promise<string> {
  let text = '';
  for (const entry of entries) {
    text += statusEntry(entry, await completionOf(db, projectId, entry));
  }
  return text;
}

async function completionOf(db: Reader, projectId: ProjectId, event: HistoryEvent) {
  if (event.type !== 'project.submitted') return undefined;
  return findCompletion(db, projectId, event.data.round, event.data.attempt);
}
