/** Why no new run starts. Setting and ending a hold are changes like any other: one transaction, one event. */
import {
  type Hold,
  type HoldKind,
  type HoldSubject,
  isHeldBy,
  isWorthATryAtStart,
  type StandingHold,
  subjectOf,
} from '../project/hold.ts';
import { OWN_ACCOUNT } from '../project/ids.ts';
import { cleanText } from '../project/text.ts';
import type { Reader, Writer } from '../store/database.ts';
import { appendGlobalEvent } from '../store/events.ts';
import { allHolds, type HoldKey, putHold, removeHold } from '../store/holds.ts';
import type { Actor, Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/** A person stops new runs; what is under way goes on. */
export async function pause(bridge: Bridge, reason: string, actor: Actor): Promise<void> {
  const words = cleanText(reason);
  await databaseOf(bridge).write(async ({ trx, now }) => {
    await setHold(
      trx,
      'fleet',
      { kind: 'paused', scope: '', reason: words, since: now, until: null, source: 'person' },
      actor,
    );
  });
}

/** Ends every hold, whatever its kind: the person says "go on". Returns those that were ended. */
export async function resume(bridge: Bridge, actor: Actor): Promise<StandingHold[]> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const holds = await allHolds(trx);
    for (const hold of holds) await endHold(trx, hold, actor, now);
    return holds;
  });
}

/** The holds that stop the runs of this machine. */
export async function currentHolds(bridge: Bridge): Promise<StandingHold[]> {
  return holdsHere(databaseOf(bridge).read, bridge);
}

/** Within a transaction of another verb: the holds that stop the runs of this machine. */
export async function holdsHere(
  db: Reader,
  { machineId }: Pick<Bridge, 'machineId'>,
): Promise<StandingHold[]> {
  return (await allHolds(db)).filter(({ subject }) => isHeldBy(subject, machineId));
}

/** Within a transaction of another verb. */
export async function setHold(
  trx: Writer,
  subject: HoldSubject,
  { kind, scope, reason, since, until, source }: Hold,
  actor: Actor,
): Promise<void> {
  await putHold(trx, subject, { kind, scope, reason, since, until, source });
  const data = { kind, scope, reason, until, source };
  await appendGlobalEvent(trx, { type: 'hold.set', data }, actor, since);
}

/** Within a transaction of another verb; false when there was none. */
export async function endHold(trx: Writer, hold: HoldKey, actor: Actor, now: string): Promise<boolean> {
  if (!(await removeHold(trx, hold))) return false;
  const data = { kind: hold.kind, scope: hold.scope };
  await appendGlobalEvent(trx, { type: 'hold.ended', data }, actor, now);
  return true;
}

/** Ends a hold of this machine, or of its account. */
export async function liftHold(
  lease: HeldLease,
  { kind, scope }: Pick<Hold, 'kind' | 'scope'>,
): Promise<void> {
  const subject = ownSubject(lease, kind);
  await writeHolding(lease, async ({ trx, now }) => {
    await endHold(trx, { kind, subject, scope }, 'supervisor', now);
  });
}

function ownSubject({ bridge }: HeldLease, kind: HoldKind): HoldSubject {
  return subjectOf(kind, bridge.machineId, OWN_ACCOUNT);
}

/**
 * Lets one run try at once what a hold waits for that a predecessor left: the configuration, the login or the program may
 * have been changed before the restart. Ends that the service named stand.
 */
export async function probeAtStart(lease: HeldLease): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    for (const hold of await holdsHere(trx, lease.bridge))
      if (isWorthATryAtStart(hold) && hold.until !== null && hold.until > now)
        await setHold(trx, hold.subject, { ...hold, since: now, until: now }, 'supervisor');
  });
}

/** Stops new runs of this machine, or of its account, for a reason that is nobody's run's. */
export async function imposeHold(lease: HeldLease, hold: Hold): Promise<void> {
  await writeHolding(lease, async ({ trx }) => {
    await setHold(trx, ownSubject(lease, hold.kind), hold, 'supervisor');
  });
}
