/** A project whose work waits for a decision, with what was measured of it and its patch. */
import { mkdir, writeFile } from 'node:fs/promises';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { startNextRun } from '../../src/bridge/claim.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { createEnding } from '../../src/bridge/ended-run.ts';
import { releaseLease, takeLease } from '../../src/bridge/lease.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { sendCompletion } from '../../src/bridge/submissions.ts';
import { nextToVerify, recordEvidence } from '../../src/bridge/verifying.ts';
import type { Evidence } from '../../src/project/evidence.ts';
import { asLeaseToken, type ProjectId } from '../../src/project/ids.ts';
import type { Result } from '../../src/result.ts';
import { evidenceFiles, runsFolder } from '../../src/state-folder.ts';

import { sampleEvidence } from '../evidence-sample.ts';

/** The store must have no other project, and no supervisor yet. */
export async function reviewedProject(
  bridge: Bridge,
  { patch, diff }: { readonly patch: string; readonly diff: Evidence['diff'] },
): Promise<ProjectId> {
  const lease = { bridge, token: asLeaseToken('bench') };
  const candidate = { token: lease.token, pid: process.pid, pidStartedAt: 'now', version: '0' };
  if (!(await takeLease(bridge, candidate, () => true)).taken) throw new Error('the lease is taken');
  const policy = { workspaces: {}, workspace_roots: [] };
  const { project } = got(await sendPlan(bridge, policy, { markdown: '# A large change' }, 'desktop'));
  const started = await startNextRun(lease, { model: null, newSessionId: () => crypto.randomUUID() });
  if (!started) throw new Error('the plan was not begun');
  const { run } = started;
  const said = { summary: 'Much was changed.', filesCreated: [], filesModified: [], caveats: '' };
  got(await sendCompletion(bridge, project.id, said, { runId: run.id, requestId: null }));
  await endRun(lease, run, { kind: 'submitted' }, createEnding(0));
  const due = await nextToVerify(lease);
  if (!due) throw new Error('nothing is to be measured');
  const facts = { projectId: project.id, round: due.completion.round, attempt: due.attempt, diff };
  got(await recordEvidence(lease, due, sampleEvidence(facts), {}));
  await mkdir(runsFolder(bridge.stateDir), { recursive: true });
  await writeFile(evidenceFiles(bridge.stateDir, run.id).patch, patch);
  await releaseLease(lease);
  return project.id;
}

function got<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}
