/** Who besides its owner may change a file or a folder. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isWindows } from './platform.ts';

/**
 * Why what is there may be changed by other users of this machine, such as `may be written by everybody`; undefined: it may
 * not, or nothing is known of it (Windows). A file of root is root's to change. Throws as `stat` does.
 */
export async function whyWritableByOthers(path: string): Promise<string | undefined> {
  if (isWindows) return undefined;
  const { mode, uid }: Stats = await stat(path);
  if ((mode & 0o002) !== 0) return 'may be written by everybody';
  const own = process.getuid?.();
  return uid === 0 || uid === own ? undefined : `belongs to another user (uid ${uid})`;
}
