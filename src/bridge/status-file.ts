/** Keeps the files people read in step with the store, after a change is committed. */

import { readFile } from 'node:fs/promises';
import type { BridgeEvent, HistoryEvent } from '../project/event.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import { recordEntry, recordHeading } from '../project/status-text.ts';
import { planFile, statusFile } from '../state-folder.ts';
import type { Reader } from '../store/database.ts';
import { BEGINNING, type Cursor, cursorAfter, eventsAfter } from '../store/events.ts';
import { appendWhole, writeMissing } from '../store/project-files.ts';
import { planText } from '../store/projects.ts';
import { findCompletion } from '../store/reviews.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/**
 * Adds the entries of a change to the project's status file. The change is already safe in the store: a file that
 * cannot be written now is written whole at the next change.
 */
export async function recordChange(
  bridge: Bridge,
  project: Project,
  entries: readonly HistoryEvent[],
): Promise<void> {
  await Promise.allSettled([keepPlan(bridge, project), keepStatus(bridge, project, entries)]);
}

/**
 * Adds what a run that has ended could not: our server, which it started, may have been killed between a change and its
 * line. Only for a run of which no process is left.
 */
export async function completeRecord(bridge: Bridge, project: Project, runId: RunId): Promise<void> {
  const db = databaseOf(bridge).read;
  const record = await readFile(statusFile(bridge.home, project.id), 'utf8').catch(() => undefined);
  // A file that is missing is written whole at the next change.
  if (record === undefined) return;
  const missing: HistoryEvent[] = [];
  for await (const event of historyOf(db, project.id)) {
    if (event.runId !== runId || event.type === 'run.ended') continue;
    const text = await words(db, project.id, [event]);
    if (text !== '' && !record.includes(text.trim())) missing.push(event);
  }
  if (missing.length > 0) await recordChange(bridge, project, missing);
}

async function keepPlan(bridge: Bridge, { id }: Project): Promise<void> {
  await writeMissing(planFile(bridge.home, id), () => planText(databaseOf(bridge).read, id));
}

async function keepStatus(bridge: Bridge, project: Project, entries: readonly HistoryEvent[]): Promise<void> {
  const db = databaseOf(bridge).read;
  const file = statusFile(bridge.home, project.id);
  if (await writeMissing(file, () => wholeRecord(db, project))) return;
  const text = await words(db, project.id, entries);
  if (text !== '') await appendWhole(file, text);
}

/** The newest part of a project's record, for a session that has no memory of it. */
export async function statusExcerpt(db: Reader, project: Project): Promise<string> {
  const record = await wholeRecord(db, project);
  if (record.length <= LONGEST_BRIEF) return record;
  // A line of which the beginning is gone could be somebody's words without their quotation mark.
  return `> …${record.slice(-LONGEST_BRIEF).toWellFormed()}`;
}

const LONGEST_BRIEF = 8_000;
const EVENTS_AT_ONCE = 1_000;

async function wholeRecord(db: Reader, project: Project): Promise<string> {
  let record = recordHeading(project);
  for await (const event of historyOf(db, project.id)) record += await words(db, project.id, [event]);
  return record;
}

async function* historyOf(db: Reader, projectId: ProjectId): AsyncGenerator<BridgeEvent> {
  for (let cursor: Cursor | undefined = BEGINNING; cursor !== undefined; ) {
    const events: BridgeEvent[] = await eventsAfter(db, cursor, EVENTS_AT_ONCE, projectId);
    yield* events;
    const last = events.at(-1);
    cursor = last && cursorAfter(last);
  }
}

async function words(db: Reader, projectId: ProjectId, entries: readonly HistoryEvent[]): Promise<string> {
  let text = '';
  for (const entry of entries) {
    const isSubmission = entry.type === 'project.submitted';
    const completion = isSubmission ? await findCompletion(db, projectId, entry.data.round) : undefined;
    text += recordEntry(entry, completion);
  }
  return text;
}
