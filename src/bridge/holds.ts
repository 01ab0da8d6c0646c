/** Why no new run starts. Setting and ending a hold are changes like any other: one transaction, one event. */
import type { Hold, HoldKind } from '../project/hold.ts';
import { cleanText } from '../project/text.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { allHolds, putHold, removeHold } from '../store/holds.ts';
import type { Actor, Bridge } from './bridge.ts';

/** A person stops new runs; what is under way goes on. */
export async function pause(bridge: Bridge, reason: string, actor: Actor): Promise<void> {
  const words = cleanText(reason);
  await bridge.database.write(async ({ trx, now }) => {
    await setHold(
      trx,
      { kind: 'paused', scope: '', reason: words, since: now, until: null, source: 'person' },
      actor,
    );
  });
}

/** Ends every hold, whatever its kind: the person says "go on". Returns those that were ended. */
export async function resume(bridge: Bridge, actor: Actor): Promise<Hold[]> {
  return bridge.database.write(async ({ trx, now }) => {
    const holds = await allHolds(trx);
    for (const hold of holds) await endHold(trx, hold.kind, actor, now, hold.scope);
    return holds;
  });
}

export async function currentHolds(bridge: Bridge): Promise<Hold[]> {
  return allHolds(bridge.database.read);
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
