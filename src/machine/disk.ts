import { statfs } from 'node:fs/promises';

export interface FreeSpace {
  readonly bytes: number;
  /** How many more files there can be; null where the file system does not count them. */
  readonly files: number | null;
}

/**
 * What this user can still write to the file system of `path`, which must exist. Space reserved for root does not
 * count. Throws the system's error.
 */
export async function freeSpace(path: string): Promise<FreeSpace> {
  const { bavail, bsize, files, ffree } = await statfs(path, { bigint: true });
  return { bytes: Number(bavail * bsize), files: files === 0n ? null : Number(ffree) };
}
