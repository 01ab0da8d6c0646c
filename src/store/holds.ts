import { HOLD_KINDS, HOLD_SOURCES, type Hold, type HoldSubject, type StandingHold } from '../project/hold.ts';
import type { RunId } from '../project/ids.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';

/** What tells one hold from the others. */
export type HoldKey = Pick<StandingHold, 'kind' | 'subject' | 'scope'>;

/** Sets a hold. Where one of its kind, subject and scope exists, changes all but its start and its probe. */
export async function putHold(trx: Writer, subject: HoldSubject, hold: Hold): Promise<void> {
  const { kind, scope, reason, since, until, source } = hold;
  await trx
    .insertInto('holds')
    .values({ kind, subject, scope, reason, since, until, source })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'subject', 'scope']).doUpdateSet({ reason, until, source }),
    )
    .execute();
}

/** Deletes a hold. Returns false when there was none. */
export async function removeHold(trx: Writer, { kind, subject, scope }: HoldKey): Promise<boolean> {
  const removed = await trx
    .deleteFrom('holds')
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('scope', '=', scope)
    .executeTakeFirst();
  return removed.numDeletedRows > 0n;
}

/** Records which run finds out whether these holds are over. */
export async function putProbe(trx: Writer, holds: readonly HoldKey[], run: RunId): Promise<void> {
  for (const { kind, subject, scope } of holds)
    await trx
      .updateTable('holds')
      .set({ probe_run_id: run })
      .where('kind', '=', kind)
      .where('subject', '=', subject)
      .where('scope', '=', scope)
      .execute();
}

/** A run that has ended probes nothing any more. */
export async function removeProbe(trx: Writer, run: RunId): Promise<void> {
  await trx.updateTable('holds').set({ probe_run_id: null }).where('probe_run_id', '=', run).execute();
}

export async function allHolds(db: Reader): Promise<StandingHold[]> {
  const rows = await db.selectFrom('holds').selectAll().orderBy('since').execute();
  return rows.map(({ probe_run_id, ...row }) => ({
    ...row,
    kind: kindWord(row.kind),
    source: sourceWord(row.source),
    probeRunId: probe_run_id,
  }));
}

const kindWord = knownWord('holds.kind', HOLD_KINDS);
const sourceWord = knownWord('holds.source', HOLD_SOURCES);
