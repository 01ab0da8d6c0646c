/** What the runs under way are doing. It is not history: it is overwritten, and gone when the run ends. */
import type { RunId } from '../project/ids.ts';
import type { LiveState } from '../project/run.ts';
import type { Reader, Writer } from './database.ts';

/** Runs, each with what it is doing. */
export function runsWithLive(db: Reader) {
  return db
    .selectFrom('runs')
    .leftJoin('run_live', 'run_live.run_id', 'runs.id')
    .selectAll('runs')
    .select('run_live.state as live');
}

/** Overwrites what each of these runs is doing. Leaves out those that have ended. */
export async function putLiveStates(trx: Writer, states: ReadonlyMap<RunId, LiveState>): Promise<void> {
  const open = await trx
    .selectFrom('runs')
    .select('id')
    .where('id', 'in', [...states.keys()])
    .where('ended_at', 'is', null)
    .execute();
  const rows = open.map(({ id }) => ({ run_id: id, state: JSON.stringify(states.get(id)) }));
  if (rows.length === 0) return;
  await trx
    .insertInto('run_live')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('run_id').doUpdateSet({ state: (eb) => eb.ref('excluded.state') }),
    )
    .execute();
}

export async function removeLiveState(trx: Writer, id: RunId): Promise<void> {
  await trx.deleteFrom('run_live').where('run_id', '=', id).execute();
}
