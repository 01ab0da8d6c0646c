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
 * Why other users of this machine may put something else into the place of what lies in this folder; undefined: they may
 * not. Where everybody may write, a sticky bit keeps each entry to its owner, as in `/tmp`
 * (https://man7.org/linux/man-pages/man1/chmod.1.html): who that is has to be looked at, too. Throws as `stat` does.
 */
export async function whyReplaceableIn(folder: string): Promise<string | undefined> {
  return whyReplaceable(await stat(folder), process.getuid?.());
}

/** The same of a folder that is known already. */
export function whyReplaceable(
  { mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>,
  user: number | undefined,
): string | undefined {
  const isSticky = (mode & 0o1000) !== 0;
  return whyChangeable({ mode: isSticky ? mode & ~0o022 : mode, uid, gid }, user);
}

/**
 * What {@link whyWritableByOthers} says of what is known already. The one group that may write is the user's own, as systems make one for each: it has
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
