/** Browsers that want to be told by Web Push, and the key pair by which push services know us. */
import type { PushDevice, PushKeys } from '../project/push.ts';
import type { Reader, Writer } from './database.ts';
import type { Row } from './schema.ts';

/** Undefined: it was not made yet. */
export async function findPushKeys(db: Reader): Promise<PushKeys | undefined> {
  const row = await db.selectFrom('push_keys').selectAll().executeTakeFirst();
  return row && { publicKey: row.public_key, privateKey: row.private_key };
}

export async function insertPushKeys(
  trx: Writer,
  { publicKey, privateKey }: PushKeys,
  now: string,
): Promise<void> {
  await trx
    .insertInto('push_keys')
    .values({ id: 1, public_key: publicKey, private_key: privateKey, created_at: now })
    .execute();
}

/** Those whose browser is still signed in, by name. */
export async function pushDevicesAt(db: Reader, now: string): Promise<PushDevice[]> {
  const rows = await db
    .selectFrom('push_devices')
    .innerJoin('credentials', 'credentials.name', 'push_devices.name')
    .selectAll('push_devices')
    .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .orderBy('push_devices.name')
    .execute();
  return rows.map(toDevice);
}

export async function findPushDevice(db: Reader, name: string): Promise<PushDevice | undefined> {
  const row = await db.selectFrom('push_devices').selectAll().where('name', '=', name).executeTakeFirst();
  return row && toDevice(row);
}

/** Takes the place of what the browser of this name has said before, and of a former sign-in with the same address. */
export async function putPushDevice(
  trx: Writer,
  { name, endpoint, p256dh, auth, createdAt }: PushDevice,
): Promise<void> {
  await trx.deleteFrom('push_devices').where('endpoint', '=', endpoint).where('name', '!=', name).execute();
  await trx
    .insertInto('push_devices')
    .values({ name, endpoint, p256dh, auth, created_at: createdAt })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ endpoint, p256dh, auth }))
    .execute();
}

/** Deletes a device with all that it was to be told; only the one of this address, where that is given. Returns false when there is none. */
export async function deletePushDevice(trx: Writer, name: string, endpoint?: string): Promise<boolean> {
  let query = trx.deleteFrom('push_devices').where('name', '=', name);
  if (endpoint !== undefined) query = query.where('endpoint', '=', endpoint);
  return (await query.returning('name').executeTakeFirst()) !== undefined;
}

function toDevice({ name, endpoint, p256dh, auth, created_at }: Row<'push_devices'>): PushDevice {
  return { name, endpoint, p256dh, auth, createdAt: created_at };
}
