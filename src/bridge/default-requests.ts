/** Deciding by default what nobody has decided in time. */
import { isUndecided } from '../project/request.ts';
import { refuse } from '../result.ts';
import { findRequest, firstDeadline, overdueRequests } from '../store/requests.ts';
import { type Bridge, changeProject, nowText } from './bridge.ts';
import { assertLease, type HeldLease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';
import { settle } from './requests.ts';

/**
 * Decides what is overdue, whether or not a supervisor worked at that time: a question has its default, and a permission
 * is denied. Throws LeaseLost.
 */
export async function defaultOverdue(lease: HeldLease): Promise<void> {
  const { bridge } = lease;
  const overdue = await overdueRequests(databaseOf(bridge).read, nowText(bridge));
  for (const { id, projectId } of overdue)
    await changeProject(
      bridge,
      projectId,
      'settle_request',
      'supervisor',
      async (change) => {
        const request = await findRequest(change.trx, id);
        if (!request) throw new Error(`request ${id} is gone`);
        const answer = request.defaultAnswer;
        await settle(change, request, {
          state: 'defaulted',
          scope: null,
          answer,
          by: 'supervisor',
        });
      },
      async (trx) => {
        await assertLease(trx, lease);
        const present = await findRequest(trx, id);
        return present && isUndecided(present) ? undefined : refuse('it was decided meanwhile.');
      },
    );
}

/** When the next request is decided by default; undefined when none is. */
export async function nextDeadline(bridge: Bridge): Promise<Date | undefined> {
  const first = await firstDeadline(databaseOf(bridge).read);
  return first === undefined ? undefined : new Date(first);
}
