import { describe, expect, test } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { finish, readApproval } from '../../src/bridge/finish.ts';
import { projectDetails, projectState, projectUpdates } from '../../src/bridge/queries.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { claimByHand, resetForRevision, sendCompletion, sendUpdate } from '../../src/bridge/submissions.ts';
import { asProjectId, type ProjectId } from '../../src/project/ids.ts';
import { illegalMoveMessage, next, PROJECT_STATUSES, type ProjectAction } from '../../src/project/project.ts';
import type { Result } from '../../src/result.ts';
import { createRig } from '../rig.ts';
import { accepted, byHand, changingNothing, current, history, projectIn, refusalOf } from './steps.ts';

const submission = { summary: 'It ticks.', filesCreated: [], filesModified: [], caveats: '' };

/** Every verb that moves or changes a project, with the event it appends. */
const VERBS: [string, ProjectAction, string, (bridge: Bridge, id: ProjectId) => Promise<Result<unknown>>][] =
  [
    ['claimByHand', 'claim', 'project.claimed', claimByHand],
    [
      'sendUpdate',
      'send_update',
      'project.updated',
      (bridge, id) => sendUpdate(bridge, id, 'so far', byHand),
    ],
    [
      'sendCompletion',
      'send_completion',
      'project.submitted',
      (bridge, id) => sendCompletion(bridge, id, submission, byHand),
    ],
    ['approve', 'approve', 'project.approved', (bridge, id) => approve(bridge, id, 'desktop')],
    ['reject', 'reject', 'project.rejected', (bridge, id) => reject(bridge, id, 'too slow', 'person')],
    ['resetForRevision', 'reset_for_revision', 'project.revision_started', resetForRevision],
    ['finish', 'finish', 'project.completed', (bridge, id) => finish(bridge, id, 'supervisor')],
    ['steer', 'steer', 'project.steered', (bridge, id) => steer(bridge, id, 'use Rust', 'person')],
    ['cancel', 'cancel', 'project.cancelled', (bridge, id) => cancel(bridge, id, '', 'person')],
    ['retry', 'retry', 'project.retried', (bridge, id) => retry(bridge, id, 'person')],
  ];

describe.each(VERBS)('verb %s', (name, action, type, call) => {
  test.each(
    PROJECT_STATUSES,
  )('a project in status %s does what the table says, and nothing else', async (status) => {
    await using rig = await createRig();
    const id = await projectIn(rig, status);
    rig.clock.advance(60_000);
    const to = next({ status, claimedBy: null, attentionFrom: null }, action);
    // Cancelling what is cancelled is a repetition, answered as the first time.
    if (name === 'cancel' && status === 'cancelled') {
      const reply = await changingNothing(rig.bridge, () => call(rig.bridge, asProjectId(id)));
      expect(accepted(reply)).toMatchObject({ repeated: true });
    } else if (to) {
      accepted(await call(rig.bridge, asProjectId(id)));
      expect(await current(rig.bridge, id)).toMatchObject({
        status: to,
        updatedAt: rig.clock.now().toISOString(),
        attention: to === 'attention' ? 'because' : null,
      });
      expect(await history(rig.bridge, id)).toEqual([type]);
    } else {
      const reply = await changingNothing(rig.bridge, () => call(rig.bridge, asProjectId(id)));
      expect(refusalOf(reply)).toBe(illegalMoveMessage(status, action));
    }
  });
});

const READERS: [string, (bridge: Bridge, id: ProjectId) => Promise<Result<unknown>>][] = [
  ['projectDetails', projectDetails],
  ['projectState', projectState],
  ['projectUpdates', (bridge, id) => projectUpdates(bridge, id, 0, 10)],
  ['readApproval', readApproval],
];

describe.each([
  ...VERBS.map(([name, , , call]) => [name, call] as const),
  ...READERS,
])('%s of an id that names no project', (_, call) => {
  test.each([
    ['unknown', 'ffffffffffff', 'ffffffffffff'],
    ['empty', '', ''],
    ['with a path', '../../etc/passwd', '../../etc/passwd'],
    ['with SQL', "' OR 1=1 --", "' OR 1=1 --"],
    ['in capitals', '0123456789AB', '0123456789AB'],
    ['with NUL and escape codes', '0123\0\x1b[2J', '0123'],
    ['on several lines', 'a\nERROR: b', 'a ERROR: b'],
    ['endless', 'a'.repeat(1_000_000), 'a'.repeat(100)],
  ])('an id that names no project is refused: %s', async (_kind, id, named) => {
    await using rig = await createRig();
    await projectIn(rig, 'pending', { id: asProjectId('0123456789ab') });
    const reply = await changingNothing(rig.bridge, () => call(rig.bridge, asProjectId(id)));
    expect(refusalOf(reply)).toBe(`project not found: ${named}`);
  });
});
