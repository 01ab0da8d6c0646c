import { statfs } from 'node:fs/promises';

/**
 * Bytes that this user can still write on the file system that holds `path`, which must exist. Space that the file
 * system keeps for root does not count.
 */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path, { bigint: true });
  return Number(bavail * bsize);
}
