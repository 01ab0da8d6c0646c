import type { Reader } from './database.ts';

/** Names this store. Another one, new or restored from a backup, has another name. */
export async function storeName(db: Reader): Promise<string> {
  const { store_id: name } = await db.selectFrom('meta').select('store_id').executeTakeFirstOrThrow();
  return name;
}
