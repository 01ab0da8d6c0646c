import { describe, expect, test } from 'vitest';
import { cancel, retry } from '../../src/bridge/control.ts';
import { parkWaitingInVain } from '../../src/bridge/dependencies.ts';
import { expireOverdue } from '../../src/bridge/expiry.ts';
import { finish } from '../../src/bridge/finish.ts';
import { overview, projectDetails } from '../../src/bridge/queries.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { claimByHand, pendingPlan } from '../../src/bridge/submissions.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { ProjectStatus } from '../../src/project/project.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  changingNothing,
  current,
  history,
  policyOf,
  projectIn,
  refusalOf,
  send,
  start,
  supervised,
  TOKEN,
} from './steps.ts';

const lease = (rig: Rig) => ({ bridge: rig.bridge, token: TOKEN });
const planAfter = (...ids: ProjectId[]) => `---\ndepends_on: [${ids.join(', ')}]\n---\n# Then this`;

async function waitsFor(rig: Rig, id: ProjectId): Promise<ProjectStatus[]> {
  return accepted(await projectDetails(rig.bridge, id)).waitsFor.map(({ status }) => status);
}

describe('a plan that depends on others', () => {
  test('a plan begins once all that it depends on are complete, and says until then what it waits for', async () => {
    await using rig = await supervised();
    const done = await projectIn(rig, 'complete');
    const under = await projectIn(rig, 'approved');
    const project = await send(rig, planAfter(done, under));
    expect(project.dependsOn).toEqual([done, under]);
    expect(await waitsFor(rig, project.id)).toEqual(['approved']);
    expect((await overview(rig.bridge, 10)).waitsFor.get(project.id)).toMatchObject([{ id: under }]);
    expect(await start(rig)).toBeUndefined();
    expect(await pendingPlan(rig.bridge)).toBeUndefined();
    expect(refusalOf(await claimByHand(rig.bridge, project.id))).toContain(`waits for ${under} (approved)`);

    accepted(await finish(rig.bridge, under, 'supervisor'));
    expect(await waitsFor(rig, project.id)).toEqual([]);
    expect((await start(rig))?.project.id).toBe(project.id);
  });

  test('a plan waits behind others without keeping younger plans from beginning', async () => {
    await using rig = await supervised();
    const under = await projectIn(rig, 'awaiting_approval');
    await send(rig, planAfter(under));
    const free = await send(rig, '# Free');
    expect((await start(rig))?.project.id).toBe(free.id);
    expect(await start(rig)).toBeUndefined();
  });

  test('a plan needs a person once one that it depends on is cancelled; a retry begins it without', async () => {
    await using rig = await supervised();
    const [first, second] = [await projectIn(rig, 'attention'), await projectIn(rig, 'complete')];
    const { id } = await send(rig, planAfter(first, second));
    expect(await parkWaitingInVain(lease(rig))).toEqual([]);
    accepted(await cancel(rig.bridge, first, '', 'person'));
    expect(await start(rig)).toBeUndefined();
    expect(await parkWaitingInVain(lease(rig))).toMatchObject([{ id, status: 'attention' }]);
    await changingNothing(rig.bridge, () => parkWaitingInVain(lease(rig)));
    const why = `it depends on ${first}, which was cancelled; retry begins it without waiting for that`;
    expect(await current(rig.bridge, id)).toMatchObject({ attention: why, attentionFrom: 'pending' });
    expect(await history(rig.bridge, id)).toEqual(['project.sent', 'project.needs_attention']);

    accepted(await retry(rig.bridge, id, 'person'));
    expect(await parkWaitingInVain(lease(rig))).toEqual([]);
    expect((await start(rig))?.project.id).toBe(id);
  });

  test('a plan that expires while it waits is cancelled, and the plan behind it needs a person; the one behind that waits on', async () => {
    await using rig = await supervised();
    const under = await projectIn(rig, 'awaiting_approval');
    const first = await send(rig, planAfter(under).replace('---\n', '---\nexpires: 1h\n'));
    const second = await send(rig, planAfter(first.id).replace('---\n', '---\nexpires: 2h\n'));
    const third = await send(rig, planAfter(second.id));
    rig.clock.advance(3_600_000);
    expect(await expireOverdue(lease(rig))).toMatchObject([{ id: first.id, status: 'cancelled' }]);
    expect(await parkWaitingInVain(lease(rig))).toMatchObject([{ id: second.id, status: 'attention' }]);
    // A person looks after what is parked: it does not expire.
    rig.clock.advance(3_600_000);
    await changingNothing(rig.bridge, () => expireOverdue(lease(rig)));
    accepted(await retry(rig.bridge, second.id, 'person'));
    await changingNothing(rig.bridge, () => expireOverdue(lease(rig)));
    expect((await start(rig))?.project.id).toBe(second.id);
    expect(await waitsFor(rig, third.id)).toEqual(['in_progress']);
  });

  test.each<[string, string]>([
    ['of no project', 'ffffffffffff'],
    ['of no form', 'none'],
    ['in a mapping', '{a: 1}'],
    ['without any', '[]'],
  ])('a plan that depends on an id %s is refused', async (_, value) => {
    await using rig = await supervised();
    const plan = { markdown: `---\ndepends_on: ${value}\n---\n# A` };
    const reply = await changingNothing(rig.bridge, () =>
      sendPlan(rig.bridge, policyOf(rig), plan, 'desktop'),
    );
    expect(refusalOf(reply)).toMatch(
      value === 'ffffffffffff'
        ? /depends_on names ffffffffffff, which is no project\. Nothing was stored\.$/
        : /line 2: 'depends_on' must be 1 to 20 ids of projects/,
    );
  });

  test('a plan that depends on a cancelled project is refused', async () => {
    await using rig = await supervised();
    const gone = await projectIn(rig, 'cancelled');
    const input = { markdown: planAfter(gone) };
    const reply = await changingNothing(rig.bridge, () =>
      sendPlan(rig.bridge, policyOf(rig), input, 'desktop'),
    );
    expect(refusalOf(reply)).toContain(`depends_on names ${gone}, which was cancelled`);
  });

  test('an id of digits alone, which YAML takes for a number, is taken as it is written', async () => {
    await using rig = await supervised();
    const digits = await projectIn(rig, 'approved', { id: '012345678901' as ProjectId });
    const power = await projectIn(rig, 'approved', { id: '12e456789012' as ProjectId });
    expect((await send(rig, planAfter(digits, power))).dependsOn).toEqual([digits, power]);
    expect((await send(rig, `---\ndepends_on: ${digits}\n---\n# A`)).dependsOn).toEqual([digits]);
  });
});
