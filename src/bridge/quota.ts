/** The newest readings of an account's usage windows. */

import { OWN_ACCOUNT } from '../project/ids.ts';
import type { Quota } from '../project/quota.ts';
import type { Run } from '../project/run.ts';
import { putQuota, quotasOf } from '../store/quota.ts';
import type { Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/** Keeps the newest reading of each window of the account that pays for `run`. A reading, not history: it appends no event. */
export async function recordQuotas(
  lease: HeldLease,
  { account }: Pick<Run, 'account'>,
  quotas: readonly Quota[],
): Promise<void> {
  if (quotas.length === 0) return;
  await writeHolding(lease, async ({ trx }) => {
    for (const quota of quotas) await putQuota(trx, account, quota);
  });
}

/** Of the account of this machine's login. */
export async function currentQuotas(bridge: Bridge): Promise<Quota[]> {
  return quotasOf(databaseOf(bridge).read, OWN_ACCOUNT);
}
