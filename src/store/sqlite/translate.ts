/** Translates result codes of SQLite and the system to StoreErrors. */
import { StoreError, type StoreProblem } from '../store-error.ts';

/** An error of SQLite or the file system as a StoreError. Any other error is returned as it is. */
export function translate(file: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const explanation = EXPLANATIONS.find(({ codes }) => codes.test(code));
  if (!explanation) return error;
  return new StoreError(explanation.problem, `${file}: ${explanation.message} (${error.message})`, error);
}

export const DAMAGED =
  'the database is damaged. It was left as it is: put a backup in its place (bridge-supervisor restore FILE)';

/** By result code (https://www.sqlite.org/rescode.html); the first match applies. */
const EXPLANATIONS: readonly { codes: RegExp; problem: StoreProblem; message: string }[] = [
  {
    codes: /^SQLITE_NOTADB/,
    problem: 'not-a-database',
    message:
      'this is not a bridge-supervisor database. It was left as it is: put a backup in its place (bridge-supervisor restore FILE), or move it away',
  },
  {
    codes: /^SQLITE_CORRUPT/,
    problem: 'corrupt',
    message: DAMAGED,
  },
  {
    codes: /^SQLITE_(READONLY|CANTOPEN|PERM)|^E(ACCES|PERM|ROFS|NOTDIR|EXIST)$/,
    problem: 'unwritable',
    message:
      'the store cannot be written. Check the permissions of this folder and file, or set BRIDGE_HOME to another folder',
  },
  {
    // SHMSIZE: no space for the index of the log.
    codes: /^SQLITE_FULL|^SQLITE_IOERR_SHMSIZE|^ENOSPC$|^EDQUOT$/,
    problem: 'full',
    message: 'the disk is full. Nothing was changed: free some space and try again',
  },
  {
    codes: /^SQLITE_BUSY|^SQLITE_LOCKED/,
    problem: 'busy',
    message: 'the database is locked by another process. Nothing was changed: try again',
  },
  {
    codes: /^SQLITE_IOERR|^EIO$/,
    problem: 'failing',
    message: 'disk I/O error. Nothing was changed: check the free space and the health of the disk',
  },
  {
    codes: /^ERR_DLOPEN_FAILED|^MODULE_NOT_FOUND/,
    problem: 'driver',
    message: "the SQLite driver cannot be loaded. Reinstall bridge-supervisor with this machine's Node",
  },
];
