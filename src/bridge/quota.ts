/** The newest readings of the account's usage windows. */

import type { Quota } from '../project/quota.ts';
import { allQuotas, putQuota } from '../store/quota.ts';
import type { Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/** Keeps the newest reading of each window. A reading, not history: it appends no event. */
export async function recordQuotas(lease: HeldLease, quotas: readonly Quota[]): Promise<void> {
  if (quotas.length === 0) return;
  await writeHolding(lease, async ({ trx }) => {
    for (const quota of quotas) await putQuota(trx, quota);
  });
}

export async function currentQuotas(bridge: Bridge): Promise<Quota[]> {
  return allQuotas(databaseOf(bridge).read);
}
