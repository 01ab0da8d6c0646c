import { HOLD_KINDS, HOLD_SOURCES, type Hold, type HoldKind } from '../project/hold.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';

/** Sets a hold. Where one of its kind and scope exists, changes all but its start. */
export async function putHold(trx: Writer, hold: Hold): Promise<void> {
  const { reason, until, source } = hold;
  await trx
    .insertInto('holds')
    .values({ ...hold })
    .onConflict((conflict) => conflict.columns(['kind', 'scope']).doUpdateSet({ reason, until, source }))
    .execute();
}

/** Deletes the holds of a kind, or only the one with this scope. Returns false when there was none. */
export async function removeHold(trx: Writer, kind: HoldKind, scope?: string): Promise<boolean> {
  let query = trx.deleteFrom('holds').where('kind', '=', kind);
  if (scope !== undefined) query = query.where('scope', '=', scope);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

export async function allHolds(db: Reader): Promise<Hold[]> {
  const rows = await db.selectFrom('holds').selectAll().orderBy('since').execute();
  return rows.map((row) => ({ ...row, kind: kindWord(row.kind), source: sourceWord(row.source) }));
}

const kindWord = knownWord('holds.kind', HOLD_KINDS);
const sourceWord = knownWord('holds.source', HOLD_SOURCES);
