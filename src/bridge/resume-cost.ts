/** What it costs that a session goes on once a person has decided what it asked, as the store knows it. */
import type { Project } from '../project/project.ts';
import { type ResumeCost, resumeCost } from '../project/resume-cost.ts';
import type { Reader } from '../store/database.ts';
import { runsOf } from '../store/runs.ts';

/** As `resumeCost`, of a project as it is at `now`. */
export async function resumeCostOf(db: Reader, project: Project, now: string): Promise<ResumeCost | null> {
  return resumeCost(project, await runsOf(db, project.id), new Date(now));
}
