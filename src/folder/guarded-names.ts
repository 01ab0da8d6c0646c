/** Names in the shared folder that are closed, whatever they are spelled like. */
import { sep } from 'node:path';

/**
 * Why a part of a path is refused; undefined when it may be used. Git obeys what lies in `.git`: who writes a hook there runs
 * a program later, and its configuration may hold a token. The spellings are those under which some file system finds the same
 * folder (https://git-scm.com/docs/git-config, core.protectHFS and core.protectNTFS).
 *
 * @param separator Of paths: Windows has names that lead to no file.
 */
export function whyGuarded(name: string, separator: string = sep): string | undefined {
  if (isGitFolder(name)) return 'what git keeps in .git is closed to these tools';
  // A stream of a file, or a device.
  if (separator === '\\' && (name.includes(':') || DEVICE.test(name)))
    return 'Windows takes this name for no file';
  return undefined;
}

export function isGitFolder(name: string): boolean {
  const visible = name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
  return /^(?:\.git|git~\d+)[. ]*(?::.*)?$/iu.test(visible);
}

/** https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file, "Naming Conventions". */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])[. ]*(?:\..*)?$/i;
