/** Why no new run starts. Setting and ending a hold are changes like any other: one transaction, one event. */
import { type Hold, type HoldKind, isWorthATryAtStart } from '../project/hold.ts';
import { cleanText } from '../project/text.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { allHolds, putHold, removeHold } from '../store/holds.ts';
import type { Actor, Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/** A person stops new runs; what is under way goes on. */
export async function pause(bridge: Bridge, reason: string, actor: Actor): Promise<void> {
  const words = cleanText(reason);
  await databaseOf(bridge).write(async ({ trx, now }) => {
    await setHold(
      trx,
      { kind: 'paused', scope: '', reason: words, since: now, until: null, source: 'person' },
      actor,
    );
  });
}

/** Ends every hold, whatever its kind: the person says "go on". Returns those that were ended. */
export async function resume(bridge: Bridge, actor: Actor): Promise<Hold[]> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const holds = await allHolds(trx);
    for (const hold of holds) await endHold(trx, hold.kind, actor, now, hold.scope);
    return holds;
  });
}

export async function currentHolds(bridge: Bridge): Promise<Hold[]> {
  return allHolds(databaseOf(bridge).read);
}

/** Within a transaction of another verb. */
export async function setHold(trx: Writer, hold: Hold, actor: Actor): Promise<void> {
  await putHold(trx, hold);
  const { since: createdAt, ...data } = hold;
  await appendEvent(trx, { type: 'hold.set', data, projectId: null, runId: null, actor, createdAt });
}

/** Within a transaction of another verb; false when there was none. */
export async function endHold(
  trx: Writer,
  kind: HoldKind,
  actor: Actor,
  now: string,
  scope?: string,
): Promise<boolean> {
  if (!(await removeHold(trx, kind, scope))) return false;
  const stamp = { projectId: null, runId: null, actor, createdAt: now };
  await appendEvent(trx, { type: 'hold.ended', data: { kind }, ...stamp });
  return true;
}

/** Ends the supervisor's holds of a kind, or only the one with this scope. */
export async function liftHold(lease: HeldLease, kind: HoldKind, scope?: string): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    await endHold(trx, kind, 'supervisor', now, scope);
  });
}

/**
 * Lets one run try at once what a hold waits for that a predecessor left: the configuration, the login or the program may
 * have been changed before the restart. Ends that the service named stand.
 */
export async function probeAtStart(lease: HeldLease): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    for (const hold of await allHolds(trx))
      if (isWorthATryAtStart(hold) && hold.until !== null && hold.until > now)
        await setHold(trx, { ...hold, since: now, until: now }, 'supervisor');
  });
}

/** Stops new runs for a reason that is nobody's run's. */
export async function imposeHold(lease: HeldLease, hold: Hold): Promise<void> {
  await writeHolding(lease, async ({ trx }) => {
    await setHold(trx, hold, 'supervisor');
  });
}
