/** SQLite's result codes and the system's, as StoreErrors. */
import { StoreError, type StoreProblem } from '../store-error.ts';

/** An error of SQLite or the file system as a StoreError; what has nothing to do with the store as it is. */
export function translate(file: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const explanation = EXPLANATIONS.find(({ codes }) => codes.test(code));
  if (!explanation) return error;
  return new StoreError(explanation.problem, `${file}: ${explanation.words} (${error.message})`, error);
}

export const DAMAGED =
  'the database is damaged. It was left as it is: put a backup in its place (bridge-supervisor restore FILE)';

/** Result codes: https://www.sqlite.org/rescode.html; the first that fits counts. */
const EXPLANATIONS: readonly { codes: RegExp; problem: StoreProblem; words: string }[] = [
  {
    codes: /^SQLITE_NOTADB/,
    problem: 'not-a-database',
    words:
      'this is not a bridge-supervisor database. It was left as it is: put a backup in its place (bridge-supervisor restore FILE), or move it away',
  },
  {
    codes: /^SQLITE_CORRUPT/,
    problem: 'corrupt',
    words: DAMAGED,
  },
  {
    codes: /^SQLITE_(READONLY|CANTOPEN|PERM)|^E(ACCES|PERM|ROFS|NOTDIR|EXIST)$/,
    problem: 'unwritable',
    words:
      'the store cannot be written. Check the rights of this folder and file, or set BRIDGE_HOME to another folder',
  },
  {
    // SHMSIZE: no room for the index of the log.
    codes: /^SQLITE_FULL|^SQLITE_IOERR_SHMSIZE|^ENOSPC$|^EDQUOT$/,
    problem: 'full',
    words: 'the disk is full. Nothing was changed: free some space and try again',
  },
  {
    codes: /^SQLITE_BUSY|^SQLITE_LOCKED/,
    problem: 'busy',
    words: 'the database is locked by another process. Nothing was changed: try again',
  },
  {
    codes: /^SQLITE_IOERR|^EIO$/,
    problem: 'failing',
    words: 'disk I/O error. Nothing was changed: check its free space and its health',
  },
  {
    codes: /^ERR_DLOPEN_FAILED|^MODULE_NOT_FOUND/,
    problem: 'driver',
    words: "the SQLite driver cannot be loaded. Reinstall bridge-supervisor with this machine's Node",
  },
];
