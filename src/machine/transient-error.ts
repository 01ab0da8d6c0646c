/**
 * Errors that say nothing about the file or program in question: the machine is short of a resource, and the same call
 * may succeed later (https://man7.org/linux/man-pages/man3/errno.3.html).
 */
const RESOURCE_ERRORS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'];

/** Whether the machine lacks a resource, so that the file or program is not to blame. */
export function isResourceError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && RESOURCE_ERRORS.includes(String(error.code));
}
