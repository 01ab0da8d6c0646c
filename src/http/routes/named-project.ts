/** The project that a path names. */
import * as z from 'zod';
import { projectState } from '../../bridge/queries.ts';
import { isProjectId } from '../../project/ids.ts';
import type { Project } from '../../project/project.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Call } from '../define-route.ts';
import { type Problem, problem } from '../problem.ts';

/** Which ids there are is not the schema's to say: one of another form names no project either. */
export const projectParams = z.strictObject({ id: z.string().describe('the id of the project, whole') });

export async function namedProject({ bridge }: Call, id: string): Promise<Result<Project, Problem>> {
  if (!isProjectId(id)) return refuse(projectNotFound());
  const found = await projectState(bridge, id);
  return found.ok ? ok(found.value.project) : refuse(projectNotFound());
}

function projectNotFound(): Problem {
  return problem('project-not-found', 'project not found: GET /projects lists all of them.');
}
