/** What a system's error says about a path in the shared folder. Its own message names paths that mean nothing to anybody. */
import { shownPath } from './shown-path.ts';

/** Undefined for what is no error of the system. */
export function explainSystemError(error: unknown, path: string): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const { code } = error;
  if (typeof code !== 'string' || !('syscall' in error || Object.hasOwn(REASONS, code))) return undefined;
  return `${code}: ${REASONS[code] ?? 'the system refuses it'}: ${shownPath(path)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  ENOTEMPTY: 'the directory is not empty',
  EEXIST: 'it exists already',
  ELOOP: 'a symbolic link was put into its place just now',
  ENAMETOOLONG: 'the name is too long',
  EINVAL: 'the system takes no such name, or cannot put a directory into itself',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the disk is read-only',
  EXDEV: 'it would go to another disk: write it there instead',
  EBUSY: 'another program holds it',
  EMFILE: 'too many files are open; try again',
  ESTALE: 'the network drive was connected again; try again',
  EIO: 'the disk reports an error',
};
