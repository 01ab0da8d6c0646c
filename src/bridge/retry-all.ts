/** Puts back what needed a person for one cause, such as an outage that was taken for the projects' own fault. */

import type { OutcomeKind } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import { listProjects, type ProjectFilter } from '../store/projects.ts';
import { newestRunOf } from '../store/runs.ts';
import type { Actor, Bridge } from './bridge.ts';
import { retry } from './control.ts';
import { databaseOf } from './open-bridge.ts';

/** How many are looked for at once. */
const PAGE = 200;

/**
 * Retries every project that needs attention, oldest first, each in a transaction of its own; with a `reason` only those
 * whose last run ended like that. Returns them as they are now.
 */
export async function retryAll(bridge: Bridge, actor: Actor, reason?: OutcomeKind): Promise<Project[]> {
  const retried: Project[] = [];
  let after: ProjectFilter['after'];
  for (;;) {
    const filter = { statuses: ['attention' as const], oldestFirst: true, limit: PAGE };
    const page = await listProjects(databaseOf(bridge).read, after ? { ...filter, after } : filter);
    for (const { id } of page) {
      const last = await newestRunOf(databaseOf(bridge).read, id);
      if (reason !== undefined && last?.outcome?.kind !== reason) continue;
      // One that somebody else has taken up meanwhile is left alone.
      const reply = await retry(bridge, id, actor);
      if (reply.ok) retried.push(reply.value);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return retried;
    after = { createdAt: last.createdAt, id: last.id };
  }
}
