/** Who besides its owner may change a file or a folder. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Why what is there may be changed by other users of this machine, such as `may be written by everybody`; undefined: it may
 * not, or nothing is known of it (Windows). A file of root is root's to change. Throws as `stat` does.
 */
export async function whyWritableByOthers(path: string): Promise<string | undefined> {
  return whyChangeable(await stat(path), process.getuid?.());
}

/**
 * The same of what is known already. The one group that may write is the user's own, as systems make one for each: it has
 * the number of the user. In any other group there may be others, as in `staff` of macOS.
 *
 * @param user Undefined on Windows.
 */
export function whyChangeable(
  { mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>,
  user: number | undefined,
): string | undefined {
  if (user === undefined) return undefined;
  if ((mode & 0o002) !== 0) return 'may be written by everybody';
  if (uid !== 0 && uid !== user) return `belongs to another user (uid ${uid})`;
  return (mode & 0o020) !== 0 && gid !== uid ? `may be written by its group (gid ${gid})` : undefined;
}
