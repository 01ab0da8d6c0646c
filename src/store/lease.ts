/**
 * The lease: one supervisor per machine. The row names the holder: a random token, its process, and the time until
 * which it may act. Every write of a supervisor checks the token in the same transaction. So a holder that was
 * suspended past its lease and replaced writes nothing more.
 */
import type { LeaseToken, MachineId } from '../project/ids.ts';
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
  /** When someone requested a stop; null when nobody did. */
  readonly stopRequestedAt: string | null;
  /** What the holder cannot do although it works, as one line for a person; null when it is healthy. */
  readonly degradedReason: string | null;
}

export async function readLease(db: Reader, machine: MachineId): Promise<Lease | undefined> {
  const row = await db
    .selectFrom('supervisor')
    .selectAll()
    .where('machine_id', '=', machine)
    .executeTakeFirst();
  return row && toLease(row);
}

/** Replaces any lease of the machine with `lease`. */
export async function replaceLease(trx: Writer, machine: MachineId, lease: Lease): Promise<void> {
  await trx.deleteFrom('supervisor').where('machine_id', '=', machine).execute();
  await trx
    .insertInto('supervisor')
    .values({
      machine_id: machine,
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

/** Extends a lease and records what its holder cannot do. Returns false when the holder no longer has it. */
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

/** Deletes the lease if this token holds it. */
export async function dropLease(trx: Writer, token: LeaseToken): Promise<void> {
  await trx.deleteFrom('supervisor').where('token', '=', token).execute();
}

/** Records that a stop of a machine's supervisor was requested. Returns false when there is no lease, or a stop was requested before. */
export async function askHolderToStop(trx: Writer, machine: MachineId, now: string): Promise<boolean> {
  const result = await trx
    .updateTable('supervisor')
    .set({ stop_requested_at: now })
    .where('machine_id', '=', machine)
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
