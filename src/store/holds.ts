import type { Hold, HoldKind } from '../project/retry.ts';
import type { Reader, Writer } from './database.ts';

/** Sets a hold, or changes the reason and end of the one of this kind. */
export async function putHold(trx: Writer, hold: Hold): Promise<void> {
  await trx
    .insertInto('holds')
    .values({ ...hold })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet({ reason: hold.reason, until: hold.until }))
    .execute();
}

/** Ends a hold; false when there was none. */
export async function removeHold(trx: Writer, kind: HoldKind): Promise<boolean> {
  const result = await trx.deleteFrom('holds').where('kind', '=', kind).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function allHolds(db: Reader): Promise<Hold[]> {
  return db.selectFrom('holds').selectAll().orderBy('since').execute();
}
