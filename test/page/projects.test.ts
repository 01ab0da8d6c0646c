/** Projects on the page: looking for one among many, and going through those that wait. */
import { expect } from 'vitest';
import { cancel } from '../../src/bridge/control.ts';
import { accepted, send } from '../bridge/steps.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { asking, waiting } from './stories.ts';

useBrowser();

const WIDE = { viewport: { width: 1440, height: 900 } } as const;

inBrowser(
  'projects are found by words of their title, page by page, and the words stay while one is looked at',
  async () => {
    await using stage = await createStage();
    for (let n = 1; n <= 52; n += 1) await send(stage.rig, `# Docs sweep ${n}`);
    await send(stage.rig, '# 100% of the_prices');
    await using it = await stage.open('#/projects');
    const { page } = it;
    const rows = page.locator('.rows > li');
    await expect.poll(() => rows.count()).toBe(50);
    await page.keyboard.press('/');
    await page.keyboard.type('DOCS sweep');
    await expect.poll(() => page.getByText('prices').count()).toBe(0);
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await expect.poll(() => rows.count()).toBe(52);
    await page.getByLabel('Search titles and ids').fill('100% of the_');
    await expect.poll(() => rows.count()).toBe(1);
    await rows.getByText('prices').click();
    await page.getByRole('heading', { name: 'prices' }).waitFor();
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByText('Closed', { exact: true }).click();
    await page.getByText('There are none.').waitFor();
  },
);

inBrowser(
  'older projects that are shown are as they are now, also of a backup that was restored',
  async () => {
    await using stage = await createStage();
    const { rig } = stage;
    const oldest = await send(rig, '# Oldest');
    for (let n = 1; n <= 50; n += 1) await send(rig, `# Docs sweep ${n}`);
    await using it = await stage.open('#/projects');
    const { page } = it;
    await page.getByRole('button', { name: 'Show older ones' }).click();
    const last = page.locator('.rows > li').last();
    await last.getByText('Oldest').waitFor();
    accepted(await cancel(rig.bridge, oldest.id, '', 'person'));
    await last.getByText('cancelled').waitFor();
    await page.getByRole('button', { name: 'Show older ones' }).waitFor({ state: 'detached' });
    // As where the store is another one: nothing is said of what is different.
    rig.tamper("UPDATE projects SET title = 'Restored' WHERE id = ?", oldest.id);
    await page.evaluate("dispatchEvent(new Event('online'))");
    await last.getByText('Restored').waitFor();
  },
);

inBrowser('a wide page has what waits beside the project that is shown, and follows it', async () => {
  await using stage = await createStage();
  const first = await waiting(stage.rig, { plan: '# First' });
  await waiting(stage.rig, { plan: '# Second' });
  await asking(stage.rig, '# Third', 'question');
  await using it = await stage.open(`#/p/${first}/r1`, WIDE);
  const { page } = it;
  const list = page.getByRole('navigation', { name: 'What waits' });
  await expect.poll(() => list.locator('.row-title').allTextContents()).toEqual(['First', 'Second', 'Third']);
  expect(await list.locator('[aria-current]').allTextContents()).toHaveLength(1);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect.poll(() => list.locator('.row-title').allTextContents()).toEqual(['Second', 'Third']);
  await page.locator('.row-beside').first().focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Third' }).waitFor();
});

inBrowser('a phone has the project alone, with the way back', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig, { plan: '# First' });
  await using it = await stage.open(`#/p/${id}/r1`, PHONE);
  await it.page.getByRole('heading', { name: 'First' }).waitFor();
  await expect.poll(() => it.page.getByRole('navigation', { name: 'What waits' }).count()).toBe(0);
  await it.page.getByRole('link', { name: 'What waits' }).click();
  await it.page.getByText('1 waits for you').waitFor();
});
