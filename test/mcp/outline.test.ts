/** What Desktop and a person's own Claude Code are told of a plan that is first answered by an outline. */
import { expect, test } from 'vitest';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { granted } from '../cli/rig.ts';
import { beginRun, holdLease, NOBODY, submit } from '../cli/stories.ts';
import { code, desktop, openStore, stateFolder } from './rig.ts';

const MARKDOWN = '---\noutline: true\n---\n# A clock';

async function sent(home: string) {
  const bridge = await openStore(home);
  const policy = { workspaces: {}, workspace_roots: [] };
  const { project } = granted(await sendPlan(bridge, policy, { markdown: MARKDOWN }, 'desktop'));
  return { bridge, id: project.id };
}

test('the queue in Desktop says that an outline waits and an approval lands nothing, and so does the answer to it', async () => {
  const home = stateFolder();
  const { bridge, id } = await sent(home);
  await holdLease(bridge, NOBODY);
  await submit(bridge, await beginRun(bridge, NOBODY), 'First the hands.', { outline: true });
  const client = await desktop(home);
  const queue = await client.call('bridge_get_approval_queue');
  for (const words of [
    'awaiting_approval (outline)',
    'an outline, no work',
    'an approval lands nothing',
    'Outline, and no work, submitted for round 1',
  ])
    expect(queue.text).toContain(words);
  expect(queue.facts.waiting).toMatchObject([{ project_id: id, outline: true, evidence: { outline: true } }]);
  const approved = await client.call('bridge_approve', { project_id: id });
  expect(approved.text).toContain(
    'The outline of round 1 is approved. No work was done yet, and nothing landed',
  );
  expect(approved.facts).toMatchObject({ status: 'in_progress', round: 2 });
  expect(approved.facts).not.toHaveProperty('outline');
  const again = await client.call('bridge_approve', { project_id: id, round: 1 });
  expect(again.text).toContain('The outline of round 1 was already approved');
});

test("a person's own Claude Code is told to submit an outline first, and to begin the work once it is approved", async () => {
  const home = stateFolder();
  const { id } = await sent(home);
  const client = await code(home);
  const claimed = await client.call('bridge_claim_project', { project_id: id });
  expect(claimed.facts.next).toContain('Change no file yet');
  await client.call('bridge_send_completion', { project_id: id, summary: 'First the hands.' });
  const person = await desktop(home);
  await person.call('bridge_get_approval_queue');
  await person.call('bridge_approve', { project_id: id });
  const read = await client.call('bridge_get_approval_status', { project_id: id });
  expect(read.facts).toMatchObject({
    status: 'in_progress',
    next: expect.stringContaining('now do the work'),
  });
});
