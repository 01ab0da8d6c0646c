/**
 * Errors of the system that say nothing about the file or program they were met at: the machine is short of something
 * for a while, and the same call may succeed later (https://man7.org/linux/man-pages/man3/errno.3.html).
 */
const SHORT_OF_SOMETHING = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'];

/** Whether the machine, not the thing asked for, is to blame. */
export function isMachineTrouble(error: unknown): boolean {
  return error instanceof Error && 'code' in error && SHORT_OF_SOMETHING.includes(String(error.code));
}
