/** Somebody else decides while a person writes: the card stays and says who, and what was written can be taken along. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { submitted } from '../cli/stories.ts';
import { freePort } from '../free-port.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';
import { openSignedIn, startSupervisor, withSupervisor } from './supervised.ts';

useBrowser();

const REASON = 'Not so fast.';

async function write(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('What should change?').fill(REASON);
}

/** The card is still there, nothing can be decided on it any more, and the words can be copied. */
async function isTold(page: Page, by: string): Promise<void> {
  await page.getByText(`Approved by ${by}`).waitFor();
  await expect.poll(() => page.getByText('What Claude says').count()).toBe(1);
  await expect.poll(() => page.getByRole('button', { name: /Approve|Reject/ }).count()).toBe(0);
  await page.getByText('You were writing, and it was not sent:').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(REASON);
}

inBrowser('a second tab that decides first leaves the card, who decided, and the unsent words', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open(`#/p/${id}/r1`);
  const { page } = it;
  await write(page);
  const second = await page.context().newPage();
  await second.goto(`${stage.url}#/p/${id}/r1`);
  await second.getByRole('button', { name: 'Approve', exact: true }).click();
  await second.getByText('Approved by phone').waitFor();
  await page.bringToFront();
  await isTold(page, 'phone');
});

withSupervisor(
  'a command line that decides first leaves the card, who decided, and the unsent words',
  async ({ rig }) => {
    const project = await submitted(await rig.bridge, await rig.send('# First'));
    await startSupervisor(rig, await freePort());
    await using it = await openSignedIn(rig, `#/p/${project.id}/r1`);
    await write(it.page);
    expect(await rig.run('approve', project.id)).toMatchObject({ code: 0 });
    await isTold(it.page, 'the command line');
  },
);
