import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { expireOverdue, nextExpiryTime } from '../../src/bridge/expiry.ts';
import { projectUpdates } from '../../src/bridge/queries.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { claimByHand, pendingPlan } from '../../src/bridge/submissions.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  begin,
  changingNothing,
  current,
  ending,
  history,
  policyOf,
  refusalOf,
  send,
  start,
  supervised,
  TOKEN,
} from './steps.ts';

const HOUR = 3_600_000;
const PLAN = '---\nexpires: 2h\n---\n# Before lunch';
const lease = (rig: Rig) => ({ bridge: rig.bridge, token: TOKEN });

describe('a plan that expires', () => {
  test('a plan that has not begun in time is cancelled by whoever supervises next, once, and says so', async () => {
    await using rig = await supervised();
    const { id, createdAt } = await send(rig, PLAN);
    const expiresAt = new Date(Date.parse(createdAt) + 2 * HOUR).toISOString();
    expect(await nextExpiryTime(rig.bridge)).toEqual(new Date(expiresAt));
    rig.clock.advance(2 * HOUR - 1);
    expect(await expireOverdue(lease(rig))).toEqual([]);

    rig.clock.advance(12 * HOUR);
    // Before anybody has cancelled it, nobody begins it either.
    expect(await start(rig)).toBeUndefined();
    expect(await pendingPlan(rig.bridge)).toBeUndefined();
    expect(refusalOf(await claimByHand(rig.bridge, id))).toContain(`was to begin by ${expiresAt}`);
    expect(await expireOverdue(lease(rig))).toMatchObject([{ id, status: 'cancelled' }]);
    await changingNothing(rig.bridge, () => expireOverdue(lease(rig)));

    expect(await current(rig.bridge, id)).toMatchObject({ status: 'cancelled', expiresAt });
    expect(await history(rig.bridge, id)).toEqual(['project.sent', 'project.expired']);
    const { updates } = accepted(await projectUpdates(rig.bridge, id, 0, 10));
    expect(updates.map(({ message }) => message)).toEqual([
      `The plan had not begun by ${expiresAt}: it expired and was cancelled.`,
    ]);
    expect(await nextExpiryTime(rig.bridge)).toBeUndefined();
  });

  test('a plan that has begun does not expire, neither under way nor when it waits for another run', async () => {
    await using rig = await supervised();
    const { id } = await send(rig, PLAN);
    const { run } = await begin(rig);
    rig.clock.advance(3 * HOUR);
    expect(await expireOverdue(lease(rig))).toEqual([]);
    await endRun(lease(rig), run, { kind: 'refused' }, ending);
    accepted(await retry(rig.bridge, id, 'person'));
    expect(await expireOverdue(lease(rig))).toEqual([]);
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'pending', expiresAt: null });
  });

  test.each(['59s', '2y', 'tomorrow', '400d'])('a plan that expires in %s is refused', async (expires) => {
    await using rig = await supervised();
    const plan = { markdown: `---\nexpires: ${expires}\n---\n# A` };
    const reply = await changingNothing(rig.bridge, () =>
      sendPlan(rig.bridge, policyOf(rig), plan, 'desktop'),
    );
    expect(refusalOf(reply)).toContain("line 2: 'expires' must be a duration from 1m to 365d");
  });
});
