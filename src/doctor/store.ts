/** The database: intact, ours, of a known schema, and with a WAL that is checkpointed. */

import { type CheckGroup, type FindingFacts, ok, problem, skipped, warning } from './check.ts';
import { type DoctorContext, NO_DATABASE } from './context.ts';
import { sizeText } from './wording.ts';

export function storeGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'database',
    title: 'Database',
    checks: [
      { name: 'file', subject: 'bridge.db', timeoutMs: 60_000, run: () => file(context) },
      { name: 'log', subject: 'write-ahead log', run: () => log(context) },
    ],
  };
}

const RESTORE = {
  hint: 'Keep the file and restore a backup: bridge-supervisor restore FILE',
};

async function file(context: DoctorContext): Promise<FindingFacts> {
  const { StoreError } = await import('../store/store-error.ts');
  const subject = `${context.stateDir}/bridge.db`;
  const database = await context.openStore().catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    return error;
  });
  if (database instanceof StoreError) {
    const damaged = database.problem === 'corrupt' || database.problem === 'not-a-database';
    return problem(subject, database.message, { ...(damaged && RESTORE), cause: 'database_unreadable' });
  }
  if (!database) return skipped(subject, NO_DATABASE, { cause: 'no_database' });
  if (database.damage !== null)
    return problem(database.file, `${database.file} is damaged: ${database.damage}.`, {
      ...RESTORE,
      cause: 'database_damaged',
    });
  if (database.linked !== null) return problem(database.file, `${database.file}: ${database.linked}.`);
  const size = `${sizeText(database.bytes)}, intact`;
  if (database.schema < database.newestSchema)
    return warning(database.file, `${database.file}: ${size}, with an older schema.`, {
      hint: 'Nothing to do: the next start makes a copy and migrates it.',
    });
  return ok(database.file, `${database.file}: ${size}`);
}

/** A larger WAL shows a reader that never ends and keeps it from being checkpointed. */
const MAX_WAL_BYTES = 64_000_000;

async function log(context: DoctorContext): Promise<FindingFacts> {
  const { walBytes, file: path } = await context.store();
  const subject = `${path}-wal`;
  if (walBytes < MAX_WAL_BYTES)
    return ok(subject, `The write-ahead log of the database is ${sizeText(walBytes)}`);
  return warning(subject, `The write-ahead log of the database has grown to ${sizeText(walBytes)}.`, {
    hint: 'bridge-supervisor doctor --fix writes it back. Close programs that keep reading the database.',
    async fix() {
      const { writeBackLog } = await import('../store/sqlite/inspect.ts');
      await writeBackLog(context.stateDir);
      return 'Wrote the write-ahead log back into the database.';
    },
  });
}
