/**
 * One supervisor per state folder. The row names the holder: a random token, its process, and the time until which it
 * may trust itself. Every write of a supervisor checks in the same transaction that the token is still its own, so a
 * holder that was frozen past its lease and replaced writes nothing more.
 */
import type { LeaseToken } from '../project/ids.ts';
import type { Reader, Writer } from './database.ts';
import type { Row } from './schema.ts';

export interface Lease {
  readonly token: LeaseToken;
  readonly pid: number;
  readonly pidStartedAt: string;
  readonly version: string;
  readonly startedAt: string;
  readonly renewedAt: string;
  readonly expiresAt: string;
  /** Someone asked the holder to stop. */
  readonly stopRequestedAt: string | null;
  /** What the holder cannot do, although it works: one line for the person. */
  readonly degradedReason: string | null;
}

export async function readLease(db: Reader): Promise<Lease | undefined> {
  const row = await db.selectFrom('supervisor').selectAll().executeTakeFirst();
  return row && toLease(row);
}

/** Makes `lease` the one lease, in place of whatever was there. */
export async function replaceLease(trx: Writer, lease: Lease): Promise<void> {
  await trx.deleteFrom('supervisor').execute();
  await trx
    .insertInto('supervisor')
    .values({
      id: 1,
      token: lease.token,
      pid: lease.pid,
      pid_started_at: lease.pidStartedAt,
      version: lease.version,
      started_at: lease.startedAt,
      renewed_at: lease.renewedAt,
      expires_at: lease.expiresAt,
      stop_requested_at: null,
      degraded_reason: lease.degradedReason,
    })
    .execute();
}

/** Moves the end of a lease, and says what its holder cannot do; false when it is no longer the holder's. */
export async function extendLease(
  trx: Writer,
  token: LeaseToken,
  now: string,
  expiresAt: string,
  degradedReason: string | null = null,
): Promise<boolean> {
  const result = await trx
    .updateTable('supervisor')
    .set({ renewed_at: now, expires_at: expiresAt, degraded_reason: degradedReason })
    .where('token', '=', token)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function dropLease(trx: Writer, token: LeaseToken): Promise<void> {
  await trx.deleteFrom('supervisor').where('token', '=', token).execute();
}

/** False when nobody holds a lease, or its holder was asked before. */
export async function askHolderToStop(trx: Writer, now: string): Promise<boolean> {
  const result = await trx
    .updateTable('supervisor')
    .set({ stop_requested_at: now })
    .where('stop_requested_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

function toLease(row: Row<'supervisor'>): Lease {
  return {
    token: row.token,
    pid: row.pid,
    pidStartedAt: row.pid_started_at,
    version: row.version,
    startedAt: row.started_at,
    renewedAt: row.renewed_at,
    expiresAt: row.expires_at,
    stopRequestedAt: row.stop_requested_at,
    degradedReason: row.degraded_reason,
  };
}
