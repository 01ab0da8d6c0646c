/** Work that a run has submitted, and what is measured of it. */
import { endRun } from '../../src/bridge/end-run.ts';
import type { LandingTry } from '../../src/bridge/landings.ts';
import {
  nextToVerify,
  recordEvidence,
  type ToVerify,
  type VerifiedRules,
} from '../../src/bridge/verifying.ts';
import type { CheckResult, Evidence } from '../../src/project/evidence.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { sampleEvidence } from '../evidence-sample.ts';
import type { Rig } from '../rig.ts';
import { accepted, begin, ending, send, submit, TOKEN } from './steps.ts';

export const TREE = `9f3c1e07${'b'.repeat(32)}`;

/** A project whose work a run has submitted; the run has ended. */
export async function toVerify(rig: Rig): Promise<ProjectId> {
  const { id } = await send(rig);
  await workOn(rig, id);
  return id;
}

/** The next run submits the work of the round under way, and ends. */
export async function workOn(rig: Rig, id: ProjectId): Promise<void> {
  const { run } = await begin(rig);
  await submit(rig, id, run);
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
}

/** Records evidence of what is to be verified next, with these facts of it. */
export async function measure(rig: Rig, facts: Partial<Evidence> = {}, rules: VerifiedRules = {}) {
  const due = await dueIn(rig);
  return accepted(await recordEvidence(leaseOf(rig), due, evidenceOf(due, facts), rules));
}

export async function dueIn(rig: Rig): Promise<ToVerify> {
  const due = await nextToVerify(leaseOf(rig));
  if (!due) throw new Error('nothing is to be verified');
  return due;
}

/** Evidence with nothing to complain of: four files changed, no checks. */
export function evidenceOf(due: ToVerify, facts: Partial<Evidence> = {}): Evidence {
  const sample = sampleEvidence();
  return {
    ...sample,
    projectId: due.project.id,
    round: due.completion.round,
    attempt: due.attempt,
    diff: sample.diff && { ...sample.diff, files: 4, binary: 0, changes: sample.diff.changes.slice(0, 1) },
    claims: { missing: [], undeclared: [], misfiled: [], ignored: [] },
    warnings: [],
    checks: [],
    checksPassed: null,
    repairs: { used: due.repairsUsed, max: 2 },
    review: null,
    ...facts,
  };
}

const [sampleCheck] = sampleEvidence().checks;

export function check(facts: Partial<CheckResult>): CheckResult {
  return { ...(sampleCheck as CheckResult), ...facts };
}

export const RED: Partial<Evidence> = { checks: [check({ exitCode: 1 })], checksPassed: false };
export const GREEN: Partial<Evidence> = { checks: [check({ exitCode: 0 })], checksPassed: true };

export function leaseOf({ bridge }: Rig) {
  return { bridge, token: TOKEN };
}

export const PLACE = {
  repo: '/code/app',
  path: '/state/worktrees/1',
  subdir: '',
  branch: 'bridge/1-clock',
  baseRef: 'refs/heads/main',
  baseOid: 'a'.repeat(40),
  measureDir: '/state/measure/1.git',
};

const TRIED = { action: 'merge', target: 'refs/heads/main', fromOid: 'a'.repeat(40), detail: {} } as const;
export const LANDED: LandingTry = { ...TRIED, result: { outcome: 'landed', toOid: 'c'.repeat(40) } };
export const NOT_LANDED: LandingTry = {
  ...TRIED,
  detail: { files: ['a.ts'] },
  result: { outcome: 'not_landed', reason: 'a.ts has changes of yours' },
};
