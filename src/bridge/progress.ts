/** How far the supervisor has come with what it does itself: measuring what was submitted, landing what was approved. */
import type { ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { WorkProgress } from '../project/work-progress.ts';
import type { Reader } from '../store/database.ts';
import { newestOfType } from '../store/events.ts';

/** @param begun What began it; a retry begins it again. */
export async function progressOf(
  db: Reader,
  projects: readonly Project[],
  begun: 'project.submitted' | 'project.approved',
): Promise<WorkProgress[]> {
  const ids = projects.map(({ id }) => id);
  const began = [
    ...(await newestOfType(db, begun, ids)),
    ...(await newestOfType(db, 'project.retried', ids)),
  ];
  const checks = await newestOfType(db, 'project.checking', ids);
  return projects.map((project) => {
    const times = began.filter(isOf(project.id)).map(({ createdAt }) => createdAt);
    const since = times.sort().at(-1) ?? project.updatedAt;
    const event = checks.find(isOf(project.id));
    if (event?.type !== 'project.checking' || event.createdAt < since) return { project, since, check: null };
    const { check: name, number, of } = event.data;
    return { project, since, check: { name, number, of, since: event.createdAt } };
  });
}

function isOf(id: ProjectId) {
  return ({ projectId }: { readonly projectId: ProjectId | null }) => projectId === id;
}
