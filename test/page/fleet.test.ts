/** A person does on the page what they can do in the terminal: answer, steer, send, amend, pause, and lose the connection. */
import { expect } from 'vitest';
import { imposeHold } from '../../src/bridge/holds.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { current, projectIn, send } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import { serve } from '../http/server.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { asking, waiting } from './stories.ts';

useBrowser();

inBrowser('a question is answered by one of its options, and a call is denied with a reason', async () => {
  await using stage = await createStage();
  await asking(stage.rig, '# Drop what nobody uses', 'question');
  await asking(stage.rig, '# Clean the build', 'permission');
  await using it = await stage.open('#/', { ...PHONE, role: 'decide' });
  const { page } = it;
  await page.getByText('2 wait for you').waitFor();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByText('1 waits for you').waitFor();
  await page.getByRole('button', { name: 'Deny…' }).click();
  await page.getByLabel('Why not?').fill('Ask me on Monday.');
  await page.getByRole('button', { name: 'Deny', exact: true }).click();
  await page.getByText('Nothing waits for you').waitFor();
  const decided = stage.rig
    .rowsOf('requests')
    .map(({ state, answer, decided_by }) => [state, answer, decided_by]);
  expect(decided).toEqual([
    ['answered', 'Keep it', 'person: phone'],
    ['denied', 'Ask me on Monday.', 'person: phone'],
  ]);
});

inBrowser('a message is sent once, and a project is cancelled only after a second question', async () => {
  await using stage = await createStage();
  const id = await asking(stage.rig, '# Clean the build', 'question');
  await using it = await stage.open(`#/p/${id}`, { role: 'decide' });
  const { page } = it;
  await page.getByRole('button', { name: 'Message Claude…' }).click();
  await page.getByLabel('Work under way takes it in').fill('Mind the tests.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('Mind the tests.').waitFor();
  expect(stage.rig.rowsOf('messages')).toHaveLength(1);
  await page.getByRole('button', { name: 'Cancel…' }).click();
  expect((await current(stage.rig.bridge, id)).status).toBe('in_progress');
  await page.getByRole('button', { name: 'Cancel project' }).click();
  await page.getByText('cancelled', { exact: true }).first().waitFor();
  expect((await current(stage.rig.bridge, id)).status).toBe('cancelled');
});

inBrowser('a project that is stuck says why, and goes on after a retry', async () => {
  await using stage = await createStage();
  const id = await projectIn(stage.rig, 'attention', {
    attention: 'it has failed 3 times in a row',
    attention_from: 'in_progress',
  });
  await using it = await stage.open('#/', { role: 'decide' });
  const { page } = it;
  await page.getByRole('link', { name: /failed 3 times/ }).click();
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('It is stuck').waitFor({ state: 'detached' });
  expect((await current(stage.rig.bridge, id)).status).not.toBe('attention');
});

inBrowser('a plan is sent, and amended while it waits in the queue', async () => {
  await using stage = await createStage();
  await using it = await stage.open('#/send');
  const { page } = it;
  await page.getByLabel('Workspace').selectOption('another folder…');
  await page.getByLabel('Folder').fill('/nowhere/at/all');
  await page.getByLabel('The plan, in Markdown').fill('# Count the words\n\nAll of them.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Folder').fill(stage.rig.workspace);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { name: 'Count the words' }).waitFor();
  await page.getByText('Plan', { exact: true }).click();
  await page.getByRole('button', { name: 'Amend…' }).click();
  await page.getByLabel('The plan.').fill('# Count the words\n\nThe long ones.');
  await page.getByRole('button', { name: 'Amend', exact: true }).click();
  await page.getByText('Plan, revision 2').waitFor();
  expect(stage.rig.rowsOf('plans').map(({ markdown }) => markdown)).toContain(
    '# Count the words\n\nThe long ones.',
  );
});

inBrowser('new work is paused and goes on, and the page says which', async () => {
  await using stage = await createStage();
  await send(stage.rig, '# Docs sweep');
  await using it = await stage.open('#/queue', { ...PHONE, role: 'decide' });
  const { page } = it;
  await page.getByText('Docs sweep').waitFor();
  await page.getByRole('button', { name: 'Pause all' }).click();
  await page.getByText('paused by phone').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause all' }).waitFor();
});

inBrowser(
  'a lost connection is said, decisions are off, typed words stay, and nothing is missed afterwards',
  async () => {
    await using stage = await createStage();
    const id = await waiting(stage.rig);
    const other = await waiting(stage.rig, { plan: '# Second' });
    await using it = await stage.open(`#/p/${id}/r1`);
    const { page } = it;
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByLabel('What should change?').fill('Keep the old format.');
    await stage.api.server.close();
    await page.locator('.bar').getByText('What you see is from then.').waitFor();
    await expect
      .poll(() => page.getByRole('dialog').getByRole('button', { name: 'Reject' }).isDisabled())
      .toBe(true);
    // What happens meanwhile is in no stream of the page.
    await approve(stage.rig.bridge, other, 'desktop');
    await using back = await serve(stage.rig, { http: { port: stage.api.port }, roles: [] });
    expect(back.log.length).toBeGreaterThan(0);
    await page.locator('.live-live').waitFor();
    expect(await page.getByLabel('What should change?').inputValue()).toBe('Keep the old format.');
    await page.keyboard.press('Escape');
    await page.evaluate("location.hash = '#/'");
    await page.getByText('1 waits for you').waitFor();
    await page.getByText('Landing', { exact: true }).waitFor();
  },
);

inBrowser('a hold that only decisions end says so, and offers no try that would change nothing', async () => {
  await using stage = await createStage();
  const { rig } = stage;
  await waiting(rig);
  const since = rig.clock.now().toISOString();
  const reason = 'results wait for your decision, as many as max_unreviewed allows: 1';
  const hold = { kind: 'unreviewed', scope: '', reason, since, until: null, source: 'conditions' } as const;
  await imposeHold(leaseOf(rig), hold);
  await using it = await stage.open('#/', { role: 'admin' });
  const card = it.page.locator('.card-hold');
  await card.getByText('Enough results wait for you').waitFor();
  await card.getByText('Until you decide on one of them').waitFor();
  await expect.poll(() => card.getByRole('button').count()).toBe(0);
});
