/** The database: whole, ours, of a schema we know, and with a log that is written back. */

import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, skipped, warning } from './finding.ts';
import { sizeText } from './measure.ts';

export function storeGroup(patient: Patient): Group {
  return {
    name: 'database',
    title: 'Database',
    checks: [
      { name: 'file', subject: 'bridge.db', limitMs: 60_000, look: () => file(patient) },
      { name: 'log', subject: 'the log of the database', look: () => log(patient) },
    ],
  };
}

const RESTORE = {
  fix: 'Keep the file, and put a backup in its place: bridge-supervisor restore FILE. (bridge-supervisor backup FILE makes one.)',
};

async function file(patient: Patient): Promise<Observation> {
  const { StoreError } = await import('../store/store-error.ts');
  const subject = `${patient.home}/bridge.db`;
  const look = await patient.openStore().catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    return error;
  });
  if (look instanceof StoreError) {
    const damaged = look.problem === 'corrupt' || look.problem === 'not-a-database';
    return problem(subject, look.message, damaged ? RESTORE : {});
  }
  if (!look) return skipped(subject, 'There is no database yet: the first plan or start makes it.');
  if (look.damage !== null) return problem(look.file, `${look.file} is damaged: ${look.damage}.`, RESTORE);
  if (look.linked !== null) return problem(look.file, `${look.file}: ${look.linked}.`);
  const size = `${sizeText(look.bytes)}, whole`;
  if (look.schema < look.newestSchema)
    return warning(look.file, `${look.file}: ${size}, of an older version.`, {
      fix: 'Nothing to do: the next start makes a copy and brings it up to date.',
    });
  return ok(look.file, `${look.file}: ${size}`);
}

/** Past this, a reader that never ends keeps the log from being written back, or nobody has had the time for it. */
const LARGE_LOG = 64_000_000;

async function log(patient: Patient): Promise<Observation> {
  const { walBytes, file: path } = await patient.store();
  const subject = `${path}-wal`;
  if (walBytes < LARGE_LOG) return ok(subject, `Its log is ${sizeText(walBytes)}`);
  return warning(subject, `The log of the database has grown to ${sizeText(walBytes)}.`, {
    fix: 'bridge-supervisor doctor --fix writes it back; close what reads the database all the time.',
    async mend() {
      const { writeBackLog } = await import('../store/sqlite/look.ts');
      writeBackLog(patient.home);
      return 'Wrote the log of the database back into it.';
    },
  });
}
