/** A person reads what was measured, and decides: with few taps, and never on what they have not seen. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { evidenceFiles } from '../../src/state-folder.ts';
import { current } from '../bridge/steps.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { DOUBTFUL, waiting } from './stories.ts';

useBrowser();

inBrowser('work whose checks passed is approved on a phone with two taps, and the card stays', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open('#/', { ...PHONE, role: 'decide' });
  const { page } = it;
  await page.getByRole('link', { name: /Add CSV export.*checks passed/ }).click();
  await page.getByText('What it says it changed is what changed').waitFor();
  await page.getByText("const HEADER = 'id,name,price\\n';").waitFor();
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Approved by phone, just now.').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Reject…' }).count()).toBe(0);
  expect((await current(stage.rig.bridge, id)).status).toBe('approved');
  expect(stage.rig.rowsOf('approvals')).toMatchObject([{ decided_by: 'person: phone', bound: 1 }]);
});

inBrowser('work with a failed check is never approved with one tap: the dialog names the check', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig, { evidence: DOUBTFUL });
  await using it = await stage.open(`#/p/${id}/r1`, PHONE);
  const { page } = it;
  for (const words of [
    'npm run lint',
    'exit 1',
    '1 problem',
    'changed without being declared',
    'rm -rf build',
  ])
    await page.locator('.trust').getByText(words).first().waitFor();
  await page.getByRole('button', { name: 'Approve, 1 failed…' }).click();
  await page.getByText('The check “npm run lint” failed.').waitFor();
  await page.keyboard.press('Escape');
  expect((await current(stage.rig.bridge, id)).status).toBe('awaiting_approval');
  await page.getByRole('button', { name: 'Approve, 1 failed…' }).click();
  await page.getByRole('button', { name: 'Approve all the same' }).click();
  await page.getByText('Approved by phone').waitFor();
});

inBrowser('a rejection needs a reason, and carries rules and the session it goes on in', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open(`#/p/${id}/r1`, { role: 'decide' });
  const { page } = it;
  await page.getByRole('button', { name: 'Reject…' }).click();
  const send = page.getByRole('dialog').getByRole('button', { name: 'Reject' });
  await send.click();
  expect((await current(stage.rig.bridge, id)).status).toBe('awaiting_approval');
  await page.getByLabel('What should change?').fill('Quote every field.');
  await page.getByText('More', { exact: true }).click();
  await page.getByLabel('Allow from now on').fill('Bash(npm test *)');
  await page.getByLabel('Go on in').selectOption('fresh');
  await send.click();
  await page.getByText('Rejected').first().waitFor();
  expect(stage.rig.rowsOf('approvals')).toMatchObject([{ reason: 'Quote every field.', revise_in: 'fresh' }]);
  expect((await current(stage.rig.bridge, id)).status).toBe('rejected');
});

inBrowser('a person decides by the keyboard alone', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  const other = await waiting(stage.rig, { plan: '# Second' });
  await using it = await stage.open('#/');
  const { page } = it;
  await page.getByText('2 wait for you').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Reject…' }).waitFor();
  await page.keyboard.press('r');
  await page.locator('textarea:focus').waitFor();
  await page.keyboard.type('gh? Smaller steps.');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Rejected').first().waitFor();
  expect((await current(stage.rig.bridge, id)).status).toBe('rejected');

  await page.evaluate(`location.hash = '#/p/${other}/r1'`);
  await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
  await page.keyboard.press('a');
  expect((await current(stage.rig.bridge, other)).status).toBe('awaiting_approval');
  await page.keyboard.press('Enter');
  await page.getByText('Approved by phone').waitFor();
});

inBrowser('a decision that somebody else makes shows at once, and an unsent reason is kept', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open(`#/p/${id}/r1`);
  const { page } = it;
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('What should change?').fill('Not so fast.');
  await approve(stage.rig.bridge, id, 'desktop');
  await page.getByText('Approved by Claude Desktop, just now.').waitFor();
  await page.getByText('You were writing, and it was not sent:').waitFor();
  await page.getByText('Not so fast.').waitFor();
});

inBrowser('a decision on a round that has passed leads to the round that waits', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open(`#/p/${id}/r1`);
  const { page } = it;
  await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
  // What the page is told of the decision gets lost, as where a phone sleeps.
  await page.route('**/projects/**', (route) =>
    route.request().method() === 'GET' ? undefined : route.continue(),
  );
  await reject(stage.rig.bridge, id, 'no', 'person');
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').innerText()).toMatch(/already|rejected/i);
});

inBrowser('a device that may only read sees no button, and how to get one', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open(`#/p/${id}/r1`, { role: 'read' });
  const { page } = it;
  await page.getByText('This device may read.').waitFor();
  await expect.poll(() => page.locator('.decision button').count()).toBe(0);
  await expect.poll(() => page.getByRole('button', { name: 'Cancel…' }).count()).toBe(0);
});

inBrowser('a round that was measured anew under an open card is shown with the diff of now', async () => {
  await using stage = await createStage();
  const { rig } = stage;
  const id = await waiting(rig);
  await using it = await stage.open(`#/p/${id}/r1`);
  const { page } = it;
  await page.getByText("const HEADER = 'id,name,price\\n';").waitFor();
  // As after a restored backup whose round was worked on once more.
  const [run] = rig.rowsOf('runs');
  const { patch } = evidenceFiles(rig.home, run?.id ?? '');
  await writeFile(patch, (await readFile(patch, 'utf8')).replaceAll('HEADER', 'FOOTER'));
  rig.tamper("UPDATE evidence SET data = json_set(data, '$.madeAt', '2026-03-01T13:00:00.000Z')");
  await page.evaluate("dispatchEvent(new Event('online'))");
  await page.getByText("const FOOTER = 'id,name,price\\n';").waitFor();
  await expect.poll(() => page.getByText('const HEADER').count()).toBe(0);
});
