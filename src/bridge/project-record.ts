/** Keeps the files people read in step with the store, after a change is committed. */
import type { Project } from '../project/project.ts';
import { completionBlock, decisionLine, recordHeading, recordLine, updateLine } from '../project/record.ts';
import { appendStatusFile, writePlanFile } from '../store/project-files.ts';
import { planText } from '../store/projects.ts';
import { completionsOf, decisionsOf } from '../store/reviews.ts';
import { latestUpdatesOf } from '../store/updates.ts';
import type { Bridge } from './bridge.ts';

/**
 * Appends `text` to the project's status file. The change is already safe in the store: a file that cannot be written
 * now is written whole at the next change.
 */
export async function recordChange(bridge: Bridge, project: Project, text: string): Promise<void> {
  await appendStatusFile(bridge.home, project.id, text, () => wholeRecord(bridge, project)).catch(
    () => undefined,
  );
}

export async function recordPlan(bridge: Bridge, project: Project): Promise<void> {
  const markdown = await planText(bridge.database.read, project.id);
  await writePlanFile(bridge.home, project.id, markdown).catch(() => undefined);
}

/** The newest part of a project's record, for a session that has no memory of it. */
export async function briefRecord(bridge: Bridge, project: Project): Promise<string> {
  return (await wholeRecord(bridge, project)).slice(-LONGEST_BRIEF);
}

const LONGEST_BRIEF = 8_000;

/** Most updates that a record written anew goes back over. */
const MOST_UPDATES = 10_000;

async function wholeRecord(bridge: Bridge, project: Project): Promise<string> {
  const db = bridge.database.read;
  const [updates, completions, decisions] = await Promise.all([
    latestUpdatesOf(db, project.id, MOST_UPDATES),
    completionsOf(db, project.id),
    decisionsOf(db, project.id),
  ]);
  const entries = [
    { at: project.createdAt, text: recordLine(project.createdAt, 'Plan sent') },
    ...updates.map((update) => ({ at: update.createdAt, text: updateLine(update) })),
    ...completions.map((completion) => ({ at: completion.createdAt, text: completionBlock(completion) })),
    ...decisions.map((decision) => ({ at: decision.createdAt, text: decisionLine(decision) })),
  ];
  entries.sort((a, b) => a.at.localeCompare(b.at));
  return recordHeading(project) + entries.map((entry) => entry.text).join('');
}
