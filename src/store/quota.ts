import type { Quota } from '../project/quota.ts';
import type { Reader, Writer } from './database.ts';

export async function putQuota(trx: Writer, account: string, quota: Quota): Promise<void> {
  const { window, utilization, status, resetsAt, seenAt } = quota;
  const row = { utilization, status, resets_at: resetsAt, seen_at: seenAt };
  await trx
    .insertInto('quota')
    .values({ account, window, ...row })
    .onConflict((conflict) => conflict.columns(['account', 'window']).doUpdateSet(row))
    .execute();
}

/** The newest report on each usage window of an account. */
export async function quotasOf(db: Reader, account: string): Promise<Quota[]> {
  const rows = await db
    .selectFrom('quota')
    .selectAll()
    .where('account', '=', account)
    .orderBy('window')
    .execute();
  return rows.map(({ window, utilization, status, resets_at, seen_at }) => ({
    window,
    utilization,
    status,
    resetsAt: resets_at,
    seenAt: seen_at,
  }));
}
