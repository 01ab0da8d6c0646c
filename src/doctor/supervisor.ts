/** The supervisor of this state folder, and what keeps it from working. */
import { supervisorOf } from '../control/supervisor-state.ts';
import type { ServiceManager } from '../machine/service/service.ts';
import { LOCAL_MACHINE } from '../project/ids.ts';
import { allHolds } from '../store/holds.ts';
import { type Lease, readLease } from '../store/lease.ts';
import { VERSION } from '../version.ts';
import { type CheckGroup, type FindingFacts, ok, problem, skipped, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function supervisorGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'supervisor',
    title: 'Supervisor',
    checks: [
      { name: 'lease', subject: 'supervisor', run: () => supervisor(context) },
      { name: 'holds', subject: 'holds', run: () => holds(context) },
    ],
  };
}

async function supervisor(context: DoctorContext): Promise<FindingFacts[]> {
  const { read } = await context.store();
  const found = await supervisorOf(await readLease(read, LOCAL_MACHINE), context.clock.now());
  const start = { hint: 'bridge-supervisor start' };
  if (found.state === 'not_running')
    return [warning('supervisor', 'No supervisor is running: plans wait in the queue.', start)];
  const { state, lease } = found;
  const who = `The supervisor (pid ${lease.pid})`;
  switch (state) {
    case 'gone':
      return [
        problem('supervisor', `${who} died without being stopped.`, {
          hint: 'See bridge-supervisor logs, then run: bridge-supervisor start',
        }),
      ];
    case 'not_responding':
      return [
        problem('supervisor', `${who} is alive but has not renewed its lease since ${lease.renewedAt}.`, {
          hint: 'bridge-supervisor restart',
        }),
      ];
    case 'running':
    case 'stopping':
      return runningSupervisor(context, lease, who);
  }
}

async function runningSupervisor(
  { stateDir, service }: DoctorContext,
  lease: Lease,
  who: string,
): Promise<FindingFacts[]> {
  const restart = { hint: 'bridge-supervisor restart' };
  const found: FindingFacts[] = [];
  // The supervisor holds the database open: a second opening leaves no files behind.
  const { whyUnwritable } = await import('../store/sqlite/inspect.ts');
  const unwritable = await whyUnwritable(stateDir);
  if (unwritable)
    found.push(problem('supervisor', `${who} cannot write to its database: ${unwritable.message}`));
  if (lease.degradedReason !== null)
    found.push(problem('supervisor', `${who} is degraded: ${lease.degradedReason}`));
  if (lease.version !== VERSION)
    found.push(warning('supervisor', `${who} is version ${lease.version}; this is ${VERSION}.`, restart));
  if (service && !(await belongsTo(service.manager, lease)))
    found.push(warning('supervisor', `${who} runs outside the service and blocks it.`, restart));
  if (found.length > 0) return found;
  return [ok('supervisor', lease.stopRequestedAt === null ? `${who} is running` : `${who} is stopping`)];
}

/** Not every manager reports a pid. */
async function belongsTo(manager: ServiceManager, { pid }: Lease): Promise<boolean> {
  const status = await manager.status();
  return status.pid === null ? status.state === 'running' : status.pid === pid;
}

async function holds(context: DoctorContext): Promise<FindingFacts[]> {
  const { read } = await context.store();
  const held = await allHolds(read);
  if (held.length === 0) return [ok('holds', 'No hold on new runs')];
  return held.map(({ kind, reason, until }) => {
    const message = `New runs are held (${kind}): ${reason}`;
    if (until !== null) return skipped(kind, `${message} It ends or is retried at ${until}.`);
    return warning(kind, message, { hint: 'Once the cause is gone, run: bridge-supervisor resume' });
  });
}
