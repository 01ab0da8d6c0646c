/** The supervisor that works on this state folder, and what keeps it from its work. */
import { supervisorOf } from '../control/supervisor-state.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import { allHolds } from '../store/holds.ts';
import { type Lease, readLease } from '../store/lease.ts';
import { VERSION } from '../version.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, skipped, warning } from './finding.ts';

export function supervisorGroup(patient: Patient): Group {
  return {
    name: 'supervisor',
    title: 'Supervisor',
    checks: [
      { name: 'lease', subject: 'the supervisor', look: () => supervisor(patient) },
      { name: 'holds', subject: 'holds', look: () => holds(patient) },
    ],
  };
}

async function supervisor(patient: Patient): Promise<Observation[]> {
  const { read } = await patient.store();
  const found = await supervisorOf(await readLease(read), patient.clock.now());
  const start = { fix: 'bridge-supervisor start' };
  if (found.state === 'not_running')
    return [warning('supervisor', 'No supervisor runs: plans are kept and nothing is done.', start)];
  const { state, lease } = found;
  const who = `The supervisor (pid ${lease.pid})`;
  switch (state) {
    case 'gone':
      return [
        problem('supervisor', `${who} is gone, without having been stopped.`, {
          fix: 'bridge-supervisor logs tells more; then: bridge-supervisor start',
        }),
      ];
    case 'not_responding':
      return [
        problem('supervisor', `${who} lives and does nothing since ${lease.renewedAt}.`, {
          fix: 'bridge-supervisor restart',
        }),
      ];
    case 'running':
    case 'stopping':
      return working(patient, lease, who);
  }
}

async function working({ home, service }: Patient, lease: Lease, who: string): Promise<Observation[]> {
  const restart = { fix: 'bridge-supervisor restart' };
  const found: Observation[] = [];
  // It holds the database open: to open it once more beside that leaves nothing behind.
  const { whyUnwritable } = await import('../store/sqlite/look.ts');
  const unwritable = whyUnwritable(home);
  if (unwritable) found.push(problem('supervisor', `${who} can keep nothing: ${unwritable.message}`));
  if (lease.trouble !== null) found.push(problem('supervisor', `${who} is in trouble: ${lease.trouble}`));
  if (lease.version !== VERSION)
    found.push(warning('supervisor', `${who} is version ${lease.version}; this is ${VERSION}.`, restart));
  if (service && !(await isOf(service.manager, lease)))
    found.push(
      warning('supervisor', `${who} was started beside the service, and keeps it from working.`, restart),
    );
  if (found.length > 0) return found;
  return [ok('supervisor', lease.stopRequestedAt === null ? `${who} works` : `${who} is stopping`)];
}

/** Not every manager tells a pid. */
async function isOf(manager: ServiceManager, { pid }: Lease): Promise<boolean> {
  const status = await manager.status();
  return status.pid === null ? status.state === 'running' : status.pid === pid;
}

async function holds(patient: Patient): Promise<Observation[]> {
  const { read } = await patient.store();
  const held = await allHolds(read);
  if (held.length === 0) return [ok('holds', 'Nothing holds new runs back')];
  return held.map(({ kind, reason, until }) => {
    const message = `New runs are held (${kind}): ${reason}`;
    if (until !== null) return skipped(kind, `${message} It ends or is tried again at ${until}.`);
    return warning(kind, message, { fix: 'bridge-supervisor resume, when the cause is gone' });
  });
}
