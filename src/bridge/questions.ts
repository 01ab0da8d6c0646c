/** What Claude Code asks, each with its project: for a person who is to decide. */
import type { ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { AskedRequest } from '../project/request.ts';
import { findProject } from '../store/projects.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { listRequests } from './requests.ts';

export interface Question {
  readonly request: AskedRequest;
  readonly project: Project;
}

/** What waits for a person, oldest first; of one project also what was decided, if wanted. */
export async function questions(
  bridge: Bridge,
  filter: { readonly projectId?: ProjectId; readonly undecided: boolean },
): Promise<Question[]> {
  const asked = await listRequests(bridge, filter);
  const projects = new Map<ProjectId, Project>();
  for (const id of new Set(asked.map(({ projectId }) => projectId))) {
    const project = await findProject(databaseOf(bridge).read, id);
    if (project) projects.set(id, project);
  }
  return asked.flatMap((request) => {
    const project = projects.get(request.projectId);
    return project ? [{ request, project }] : [];
  });
}
