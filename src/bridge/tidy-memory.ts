/** Keeps the shared memory from growing for ever: deleted keys are forgotten after a time, and the oldest versions go first. */
import type { MemoryLimits } from '../project/memory.ts';
import { deleteOldestVersions, forgetKeys, supersededBytes } from '../store/memory.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/** So many one transaction deletes: others wait for it. */
const BATCH = 200;
const DAY_MS = 86_400_000;

/** Forgets deleted keys whose time is over, then the oldest earlier versions beyond the limit. Throws StoreError. */
export async function tidyMemory(bridge: Bridge, { keepDeletedDays, maxMb }: MemoryLimits): Promise<void> {
  const database = databaseOf(bridge);
  const before = new Date(bridge.clock.now().getTime() - keepDeletedDays * DAY_MS).toISOString();
  while ((await database.write(({ trx }) => forgetKeys(trx, before, BATCH))) === BATCH);
  for (;;) {
    const { versions, bytes } = await supersededBytes(database.read);
    if (bytes <= maxMb * 1e6) return;
    // Versions differ in size: as many as on average take what is too much, then another look.
    const tooMany = Math.ceil((bytes - maxMb * 1e6) / Math.max(1, bytes / versions));
    await database.write(({ trx }) => deleteOldestVersions(trx, Math.min(BATCH, tooMany)));
  }
}
