/** What the service has told about the account's usage windows. */
import type { LeaseToken } from '../project/ids.ts';
import type { Quota } from '../project/quota.ts';
import { allQuotas, putQuota } from '../store/quota.ts';
import type { Bridge } from './bridge.ts';
import { holdLease } from './lease.ts';

/** Keeps the newest reading of each window. A reading, not history: it appends no event. */
export async function recordQuotas(
  bridge: Bridge,
  token: LeaseToken,
  quotas: readonly Quota[],
): Promise<void> {
  if (quotas.length === 0) return;
  await bridge.database.write(async ({ trx }) => {
    await holdLease(trx, token);
    for (const quota of quotas) await putQuota(trx, quota);
  });
}

export async function currentQuotas(bridge: Bridge): Promise<Quota[]> {
  return allQuotas(bridge.database.read);
}
