/** What Claude Code asks, each with its project: for a person who is to decide. */
import type { ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import { type AskedRequest, isUndecided } from '../project/request.ts';
import type { ResumeCost } from '../project/resume-cost.ts';
import { findProject } from '../store/projects.ts';
import { nowText } from './bridge.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { listRequests } from './requests.ts';
import { resumeCostOf } from './resume-cost.ts';

export interface Question {
  readonly request: AskedRequest;
  readonly project: Project;
  /** What a decision on it costs; null: nothing is read again. */
  readonly resumeCost: ResumeCost | null;
}

/** What waits for a person, oldest first; of one project also what was decided, if wanted. */
export async function questions(
  bridge: Bridge,
  filter: { readonly projectId?: ProjectId; readonly undecided: boolean },
): Promise<Question[]> {
  const asked = await listRequests(bridge, filter);
  const db = databaseOf(bridge).read;
  const askers = new Map<ProjectId, Omit<Question, 'request'>>();
  for (const id of new Set(asked.map(({ projectId }) => projectId))) {
    const project = await findProject(db, id);
    if (project) askers.set(id, { project, resumeCost: await resumeCostOf(db, project, nowText(bridge)) });
  }
  return asked.flatMap((request) => {
    const asker = askers.get(request.projectId);
    return asker ? [{ request, ...asker, ...(isUndecided(request) ? {} : { resumeCost: null }) }] : [];
  });
}
