/** Everything that changes the store: what a person or Claude calls, and what the supervisor does by itself. */
import { randomUUID } from 'node:crypto';
import { amendPlan } from '../../src/bridge/amend-plan.ts';
import { startNextRun } from '../../src/bridge/claim.ts';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { parkWaitingInVain } from '../../src/bridge/dependencies.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { expireOverdue } from '../../src/bridge/expiry.ts';
import { finish } from '../../src/bridge/finish.ts';
import { fireSchedules } from '../../src/bridge/fire-schedules.ts';
import { imposeHold, pause, resume } from '../../src/bridge/holds.ts';
import { releaseLease, requestStop, takeLease } from '../../src/bridge/lease.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { allowRequest } from '../../src/bridge/requests.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { recordDelivered, recordReady, recordSpawn } from '../../src/bridge/runs.ts';
import { acceptPlan } from '../../src/bridge/schedules.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { claimByHand, resetForRevision, sendCompletion, sendUpdate } from '../../src/bridge/submissions.ts';
import { asLeaseToken, type ProjectId } from '../../src/project/ids.ts';
import type { Rig } from '../rig.ts';
import { accepted, begin, byHand, ending, policyOf, projectIn, send, TOKEN } from './steps.ts';

const submission = { summary: 'It ticks.', filesCreated: [], filesModified: [], caveats: '' };
const call = { toolUseId: 'toolu_1', toolName: 'Bash', input: { command: 'npm publish' }, agentId: null };
const limit = { kind: 'billing', scope: '', reason: 'r', since: '2026', until: null, source: 'run' } as const;
const other = { token: asLeaseToken('two'), pid: 43, pidStartedAt: 'then', version: '1.0.0' };

/** Every verb that changes something: prepared so that it could be done, then to be tried. */
export const VERBS: Record<string, (rig: Rig) => Promise<() => Promise<unknown>>> = {
  sendPlan: async (rig) => () => sendPlan(rig.bridge, policyOf(rig), { markdown: '# A' }, 'desktop'),
  claimByHand: ready('pending', (rig, id) => claimByHand(rig.bridge, id)),
  sendUpdate: ready('in_progress', (rig, id) => sendUpdate(rig.bridge, id, 'so far', byHand)),
  sendCompletion: ready('in_progress', (rig, id) => sendCompletion(rig.bridge, id, submission, byHand)),
  approve: ready('awaiting_approval', (rig, id) => approve(rig.bridge, id, 'desktop')),
  reject: ready('awaiting_approval', (rig, id) => reject(rig.bridge, id, 'too slow', 'desktop')),
  resetForRevision: ready('rejected', (rig, id) => resetForRevision(rig.bridge, id)),
  finish: ready('approved', (rig, id) => finish(rig.bridge, id, 'supervisor')),
  steer: ready('pending', (rig, id) => steer(rig.bridge, id, 'use Rust', 'person')),
  expireOverdue: async (rig) => {
    await send(rig, '---\nexpires: 1m\n---\n# A');
    rig.clock.advance(60_000);
    return () => expireOverdue({ bridge: rig.bridge, token: TOKEN });
  },
  parkWaitingInVain: async (rig) => {
    const gone = await projectIn(rig, 'attention');
    await send(rig, `---\ndepends_on: ${gone}\n---\n# A`);
    await cancel(rig.bridge, gone, '', 'person');
    return () => parkWaitingInVain({ bridge: rig.bridge, token: TOKEN });
  },
  fireSchedules: async (rig) => {
    const markdown = "---\nschedule: '0 6 * * *'\ntimezone: UTC\n---\n# A";
    await acceptPlan(rig.bridge, policyOf(rig), { markdown }, 'person');
    rig.clock.advance(24 * 3_600_000);
    return () => fireSchedules({ bridge: rig.bridge, token: TOKEN }, policyOf(rig), {});
  },
  amendPlan: ready('awaiting_approval', (rig, projectId) =>
    amendPlan(rig.bridge, policyOf(rig), { projectId, markdown: '# B' }, 'person'),
  ),
  cancel: ready('attention', (rig, id) => cancel(rig.bridge, id, '', 'person')),
  retry: ready('attention', (rig, id) => retry(rig.bridge, id, 'person')),
  openRequest: running((rig, run) =>
    openRequest(rig.bridge, { projectId: run.projectId, runId: run.id }, call, PERMISSION),
  ),
  allowRequest: async (rig) => {
    await send(rig);
    const { run } = await begin(rig);
    const { id } = accepted(
      await openRequest(rig.bridge, { projectId: run.projectId, runId: run.id }, call, PERMISSION),
    );
    return () => allowRequest(rig.bridge, id, 'once', 'person');
  },
  pause: async (rig) => () => pause(rig.bridge, '', 'person'),
  resume: async (rig) => {
    await pause(rig.bridge, '', 'person');
    return () => resume(rig.bridge, 'person');
  },
  takeLease: async (rig) => () => takeLease(rig.bridge, other, () => true),
  releaseLease: async (rig) => () => releaseLease({ bridge: rig.bridge, token: TOKEN }),
  requestStop: async (rig) => () => requestStop(rig.bridge),
  imposeHold: async (rig) => () => imposeHold({ bridge: rig.bridge, token: TOKEN }, limit),
  startNextRun: async (rig) => {
    await send(rig);
    return () =>
      startNextRun({ bridge: rig.bridge, token: TOKEN }, { model: null, newSessionId: randomUUID });
  },
  recordSpawn: running((rig, run) => recordSpawn({ bridge: rig.bridge, token: TOKEN }, run, 1, 'then')),
  recordReady: running((rig, run) =>
    recordReady({ bridge: rig.bridge, token: TOKEN }, run, { model: 'm', claudeVersion: '2' }),
  ),
  recordDelivered: async (rig) => {
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const { message } = accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    return () => recordDelivered({ bridge: rig.bridge, token: TOKEN }, run, [message.id]);
  },
  'endRun, tried again': running((rig, run) =>
    endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'stalled', silentMs: 1 }, ending),
  ),
  'endRun, everybody held': running((rig, run) =>
    endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'throttled' }, ending),
  ),
  'endRun, parked': running((rig, run) =>
    endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'refused' }, ending),
  ),
  'endRun, held': running((rig, run) =>
    endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'billing', message: '' }, ending),
  ),
};

function ready(status: Parameters<typeof projectIn>[1], call: (rig: Rig, id: ProjectId) => Promise<unknown>) {
  return async (rig: Rig) => {
    const id = await projectIn(rig, status, { claimed_by: 'code' });
    return () => call(rig, id);
  };
}

type Started = Awaited<ReturnType<typeof begin>>['run'];

function running(call: (rig: Rig, run: Started) => Promise<unknown>) {
  return async (rig: Rig) => {
    await send(rig);
    const { run } = await begin(rig);
    return () => call(rig, run);
  };
}
