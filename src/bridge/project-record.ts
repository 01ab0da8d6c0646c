/** Keeps the files people read in step with the store, after a change is committed. */
import type { Project } from '../project/project.ts';
import { type HistoryEntry, recordEntry, recordHeading } from '../project/record.ts';
import type { Database } from '../store/database.ts';
import { eventsAfter } from '../store/events.ts';
import { appendWhole, planFile, statusFile, writeMissing } from '../store/project-files.ts';
import { planText } from '../store/projects.ts';
import { findCompletion } from '../store/reviews.ts';

interface StateFolder {
  readonly home: string;
  readonly database: Database;
}

/**
 * Adds the entries of a change to the project's status file. The change is already safe in the store: a file that
 * cannot be written now is written whole at the next change.
 */
export async function recordChange(
  folder: StateFolder,
  project: Project,
  entries: readonly HistoryEntry[],
): Promise<void> {
  await Promise.allSettled([keepPlan(folder, project), keepStatus(folder, project, entries)]);
}

async function keepPlan({ home, database }: StateFolder, { id }: Project): Promise<void> {
  await writeMissing(planFile(home, id), () => planText(database.read, id));
}

async function keepStatus(
  { home, database }: StateFolder,
  project: Project,
  entries: readonly HistoryEntry[],
): Promise<void> {
  const file = statusFile(home, project.id);
  if (await writeMissing(file, () => wholeRecord(database, project))) return;
  const text = await words(database, project.id, entries);
  if (text !== '') await appendWhole(file, text);
}

/** The newest part of a project's record, for a session that has no memory of it. */
export async function briefRecord({ database }: StateFolder, project: Project): Promise<string> {
  const record = await wholeRecord(database, project);
  if (record.length <= LONGEST_BRIEF) return record;
  // A line of which the beginning is gone could be somebody's words without their quotation mark.
  return `> …${record.slice(-LONGEST_BRIEF).toWellFormed()}`;
}

const LONGEST_BRIEF = 8_000;
const EVENTS_AT_ONCE = 1_000;

async function wholeRecord(database: Database, project: Project): Promise<string> {
  let record = recordHeading(project);
  for (let cursor: number | undefined = 0; cursor !== undefined; ) {
    const events = await eventsAfter(database.read, cursor, EVENTS_AT_ONCE, project.id);
    record += await words(database, project.id, events);
    cursor = events.at(-1)?.id;
  }
  return record;
}

async function words(
  database: Database,
  projectId: string,
  entries: readonly HistoryEntry[],
): Promise<string> {
  let text = '';
  for (const entry of entries) {
    const submitted = entry.type === 'project.submitted' && Number(entry.data.round);
    const completion = submitted ? await findCompletion(database.read, projectId, submitted) : undefined;
    text += recordEntry(entry, completion);
  }
  return text;
}
