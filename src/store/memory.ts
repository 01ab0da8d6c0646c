/** The versions of the keys of the shared memory. The newest of a deleted key has no value. */
import type { Author, MemoryHead } from '../project/memory.ts';
import type { Reader, Writer } from './database.ts';
import type { Row } from './schema.ts';

/** A version as it is kept. */
export interface MemoryVersion extends MemoryHead {
  /** JSON; null: the key was deleted with this version. */
  readonly value: string | null;
}

/** The newest version of a key, also of a deleted one; undefined: there was never one, or it is forgotten. */
export async function newestVersion(db: Reader, key: string): Promise<MemoryVersion | undefined> {
  const row = await db
    .selectFrom('memory')
    .selectAll()
    .where('key', '=', key)
    .where('superseded_at', 'is', null)
    .executeTakeFirst();
  return row && toVersion(row);
}

export async function findVersion(
  db: Reader,
  key: string,
  version: number,
): Promise<MemoryVersion | undefined> {
  const row = await db.selectFrom('memory').selectAll().where('version', '=', version).executeTakeFirst();
  return row?.key === key ? toVersion(row) : undefined;
}

const HEAD = ['version', 'key', 'bytes', 'author', 'run_id', 'written_at'] as const;

/** All versions of a key that are kept, the newest first. */
export async function versionsOf(db: Reader, key: string): Promise<MemoryHead[]> {
  const rows = await db
    .selectFrom('memory')
    .select(HEAD)
    .where('key', '=', key)
    .orderBy('version', 'desc')
    .execute();
  return rows.map(toHead);
}

/** The next keys after one, by name, that are not deleted and begin so. */
export async function keysAfter(
  db: Reader,
  prefix: string,
  after: string,
  limit: number,
): Promise<MemoryHead[]> {
  const rows = await db
    .selectFrom('memory')
    .select(HEAD)
    .where('superseded_at', 'is', null)
    .where('bytes', '>', 0)
    .where('key', '>', after)
    .where('key', '>=', prefix)
    // Names that begin so, in the order of their bytes: `LIKE` would read all of them.
    .where('key', '<', `${prefix}\u{10ffff}`)
    .orderBy('key')
    .limit(limit)
    .execute();
  return rows.map(toHead);
}

/** How many keys there are, and how many bytes their values take. */
export async function memoryTotals(db: Reader): Promise<{ keys: number; bytes: number }> {
  const { keys, bytes } = await db
    .selectFrom('memory')
    .select((eb) => [eb.fn.countAll<number>().as('keys'), eb.fn.sum<number | null>('bytes').as('bytes')])
    .where('superseded_at', 'is', null)
    .where('bytes', '>', 0)
    .executeTakeFirstOrThrow();
  return { keys, bytes: bytes ?? 0 };
}

/** Writes the next version of a key: `value` as JSON, or null, which deletes it. Returns what it is. */
export async function insertVersion(
  trx: Writer,
  { key, value, author, runId, now }: Author & { key: string; value: string | null; now: string },
): Promise<MemoryHead> {
  await trx
    .updateTable('memory')
    .set({ superseded_at: now })
    .where('key', '=', key)
    .where('superseded_at', 'is', null)
    .execute();
  const bytes = value === null ? 0 : Buffer.byteLength(value);
  const row = { key, bytes, author, run_id: runId, written_at: now, superseded_at: null, value };
  return toHead(await trx.insertInto('memory').values(row).returning(HEAD).executeTakeFirstOrThrow());
}

/**
 * Deletes versions of a key until `keep` are left. Those of runs go before those of others, so that no run pushes out what a
 * person's session wrote; otherwise the oldest go first.
 */
export async function deleteVersionsBeyond(trx: Writer, key: string, keep: number): Promise<void> {
  const kept = trx
    .selectFrom('memory')
    .select('version')
    .where('key', '=', key)
    .orderBy((eb) => eb.case().when('superseded_at', 'is', null).then(0).else(1).end())
    .orderBy((eb) => eb.case().when('run_id', 'is', null).then(0).else(1).end())
    .orderBy('version', 'desc')
    .limit(keep);
  await trx.deleteFrom('memory').where('key', '=', key).where('version', 'not in', kept).execute();
}

/** How many bytes earlier versions take. */
export async function supersededBytes(db: Reader): Promise<{ versions: number; bytes: number }> {
  const { versions, bytes } = await db
    .selectFrom('memory')
    .select((eb) => [eb.fn.countAll<number>().as('versions'), eb.fn.sum<number | null>('bytes').as('bytes')])
    .where('superseded_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return { versions, bytes: bytes ?? 0 };
}

/** Deletes the versions that were superseded first. Returns how many. */
export async function deleteOldestVersions(trx: Writer, limit: number): Promise<number> {
  const oldest = trx
    .selectFrom('memory')
    .select('version')
    .where('superseded_at', 'is not', null)
    .orderBy('superseded_at')
    .limit(limit);
  const deleted = await trx.deleteFrom('memory').where('version', 'in', oldest).executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

/** Forgets keys that were deleted before a time, with all their versions, at most `limit`. Returns how many keys. */
export async function forgetKeys(trx: Writer, before: string, limit: number): Promise<number> {
  const rows = await trx
    .selectFrom('memory')
    .select('key')
    .where('superseded_at', 'is', null)
    .where('bytes', '=', 0)
    .where('written_at', '<', before)
    .limit(limit)
    .execute();
  const keys = rows.map(({ key }) => key);
  if (keys.length > 0) await trx.deleteFrom('memory').where('key', 'in', keys).execute();
  return keys.length;
}

type HeadRow = Pick<Row<'memory'>, (typeof HEAD)[number]>;

function toHead({ version, key, bytes, author, run_id, written_at }: HeadRow): MemoryHead {
  return { key, version, bytes, isDeleted: bytes === 0, author, runId: run_id, writtenAt: written_at };
}

function toVersion(row: Row<'memory'>): MemoryVersion {
  return { ...toHead(row), value: row.value };
}
