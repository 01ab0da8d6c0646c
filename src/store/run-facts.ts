/** What all runs together tell: of Claude, of its model, and of money. */
import type { CostSum } from '../project/costs.ts';
import type { Reader } from './database.ts';

/** Of this many runs one will have come far enough to name a version. */
const MAX_RUNS_ASKED = 100;

/** The version that Claude Code named at the start of the newest run that came so far; null when no recent one has. */
export async function newestClaudeVersion(db: Reader): Promise<string | null> {
  const recent = db
    .selectFrom('runs')
    .select(['number', 'claude_version'])
    .orderBy('number', 'desc')
    .limit(MAX_RUNS_ASKED);
  const row = await db
    .selectFrom(recent.as('recent'))
    .select('claude_version')
    .where('claude_version', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.claude_version ?? null;
}

/** The model that Claude used last when it was asked for none; null when there was no such run. */
export async function lastOwnModel(db: Reader): Promise<string | null> {
  const row = await db
    .selectFrom('runs')
    .select('model_used')
    .where('model', 'is', null)
    .where('model_used', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.model_used ?? null;
}

/** What all runs started at or after `since` have cost so far. */
export async function spentSince(db: Reader, since: string): Promise<CostSum> {
  const row = await db
    .selectFrom('runs')
    .select((eb) => [
      eb.fn.sum<number | null>('cost_usd').as('usd'),
      eb.fn.countAll<number>().as('runs'),
      eb.fn.count<number>('cost_usd').as('known'),
    ])
    .where('created_at', '>=', since)
    .executeTakeFirst();
  return { usd: Number(row?.usd ?? 0), unknown: Number(row?.runs ?? 0) - Number(row?.known ?? 0) };
}
