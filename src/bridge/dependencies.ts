/** Plans that wait for other projects. */
import { describeDependencies, describeWaitInVain } from '../project/dependency.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import { ok, type Refusal, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { openDependencies, waitingInVain } from '../store/dependencies.ts';
import { findProject } from '../store/projects.ts';
import { needsAttention } from './attention.ts';
import { changeProject } from './bridge.ts';
import { assertLease, type HeldLease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/**
 * What a plan may wait for: projects that exist and are not cancelled. None can come to wait for itself, since a plan is
 * sent after all that it names.
 */
export async function checkDependencies(
  db: Reader,
  ids: readonly string[],
): Promise<Result<readonly ProjectId[]>> {
  const found: ProjectId[] = [];
  for (const id of ids as readonly ProjectId[]) {
    const project = await findProject(db, id);
    if (!project)
      return refuse(
        `the plan was not accepted: depends_on names ${id}, which is no project. Nothing was stored.`,
      );
    if (project.status === 'cancelled')
      return refuse(
        `the plan was not accepted: depends_on names ${id}, which was cancelled. Nothing was stored.`,
      );
    found.push(id);
  }
  return ok(found);
}

/** Why a pending project may not begin yet; undefined when nothing that it waits for is open. */
export async function whyItWaits(db: Reader, { id }: Pick<Project, 'id'>): Promise<Refusal | undefined> {
  const open = (await openDependencies(db, [id])).get(id);
  return open && refuse(`it waits for ${describeDependencies(open)}; nothing was changed.`);
}

/** Parks the pending projects that wait for one that was cancelled; returns them. Throws LeaseLost. */
export async function parkWaitingInVain(lease: HeldLease): Promise<Project[]> {
  const parked: Project[] = [];
  for (const id of await waitingInVain(databaseOf(lease.bridge).read, BATCH)) {
    const reply = await changeProject<Project>(
      lease.bridge,
      id,
      'park',
      'supervisor',
      async (change) => {
        const open = (await openDependencies(change.trx, [id])).get(id) ?? [];
        const cancelled = open.filter(({ status }) => status === 'cancelled');
        return needsAttention(change, change.project, describeWaitInVain(cancelled));
      },
      async (trx, project) => {
        await assertLease(trx, lease);
        const isInVain = (await openDependencies(trx, [id]))
          .get(id)
          ?.some(({ status }) => status === 'cancelled');
        return project.status === 'pending' && isInVain ? undefined : refuse('it waits in vain no more.');
      },
    );
    if (reply.ok) parked.push(reply.value);
  }
  return parked;
}

/** The rest is for the next time. */
const BATCH = 100;
