/** Everything that a person decides is reached by Tab, and what the keyboard is on shows. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { current } from '../bridge/steps.ts';
import { inBrowser, openPage, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { asking, waiting } from './stories.ts';

useBrowser();

/** More than one view has. */
const MAX_STEPS = 60;

/** Goes to it as who has no mouse does; fails where the way is too long, or where the focus cannot be seen on it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let step = 0; step < MAX_STEPS; step += 1) {
    await page.keyboard.press('Tab');
    if ((await target.and(page.locator(':focus-visible')).count()) === 0) continue;
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
    return;
  }
  throw new Error(`Tab does not reach ${target}`);
}

inBrowser(
  'a person signs in, opens what waits, rejects, approves and sends a message by Tab, Enter and typing alone',
  async () => {
    await using stage = await createStage();
    const { rig } = stage;
    const first = await waiting(rig);
    const second = await waiting(rig, { plan: '# Second' });
    const running = await asking(rig, '# Drop what nobody uses', 'question');
    await using it = await openPage();
    const { page } = it;
    const { keyboard } = page;
    const enter = async (target: Locator) => {
      await tabTo(page, target);
      await keyboard.press('Enter');
    };
    await page.goto(await stage.link());
    await page.getByText('3 wait for you').waitFor();

    await enter(page.getByRole('button', { name: 'Skip to the content' }));
    await enter(page.getByRole('link', { name: /Add CSV export/ }));
    await enter(page.getByRole('button', { name: 'Reject…' }));
    await page.locator('textarea:focus').waitFor();
    await keyboard.type('Smaller steps.');
    await enter(page.getByRole('dialog').getByRole('button', { name: 'Reject', exact: true }));
    await page.getByText('Rejected').first().waitFor();
    expect(rig.rowsOf('approvals')).toMatchObject([{ project_id: first, reason: 'Smaller steps.' }]);

    await enter(page.getByRole('link', { name: 'Next: Second' }));
    await enter(page.getByRole('button', { name: 'Approve', exact: true }));
    await page.getByText('Approved by phone').waitFor();
    expect((await current(rig.bridge, second)).status).toBe('approved');

    await enter(page.getByRole('link', { name: 'Home' }));
    await enter(page.getByRole('link', { name: 'Drop what nobody uses', exact: true }));
    await enter(page.getByRole('button', { name: 'Message Claude…' }));
    await page.locator('textarea:focus').waitFor();
    await keyboard.type('Keep the index.');
    await enter(page.getByRole('dialog').getByRole('button', { name: 'Send' }));
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(rig.rowsOf('messages')).toMatchObject([{ project_id: running, message: 'Keep the index.' }]);
    // The focus is back where it was.
    expect(
      await page.getByRole('button', { name: 'Message Claude…' }).and(page.locator(':focus')).count(),
    ).toBe(1);
  },
);

inBrowser('a message is written and sent by single keys', async () => {
  await using stage = await createStage();
  const id = await asking(stage.rig, '# Drop what nobody uses', 'question');
  await using it = await stage.open(`#/p/${id}`);
  const { page } = it;
  await page.getByRole('button', { name: 'Message Claude…' }).waitFor();
  await page.keyboard.press('s');
  await page.locator('textarea:focus').waitFor();
  await page.keyboard.type('Is it ready?');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  expect(stage.rig.rowsOf('messages')).toMatchObject([{ message: 'Is it ready?' }]);
});
