/** Much of everything: the page stays usable, and leaves nothing out without a word. */
import { expect } from 'vitest';
import { databaseFile } from '../../src/state-folder.ts';
import { fillStore } from '../bench/fill-store.ts';
import { largePatch } from '../large-patch.ts';
import { inBrowser, overflow, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

inBrowser(
  'ten thousand projects leave home, list and queue in reach, and each says how many it does not show',
  async () => {
    await using stage = await createStage();
    fillStore(databaseFile(stage.rig.home), 10_000);
    await using it = await stage.open('#/', PHONE);
    const { page } = it;
    await page.getByRole('heading', { name: '1,600 wait for you' }).waitFor();
    await expect.poll(() => page.locator('main [data-item]').count()).toBeLessThan(150);
    await page.getByRole('link', { name: /^1,5\d\d more/ }).waitFor();
    await page.evaluate("location.hash = '#/queue'");
    await page.getByText(/more behind them/).waitFor();
    await page.evaluate("location.hash = '#/projects'");
    await page.getByText('Project 9999').waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  },
);

inBrowser('a diff of 5 MB in 300 files is shown file by file, from its first to its last', async () => {
  await using stage = await createStage();
  const { patch, diff } = largePatch(300, 5_000_000);
  const id = await waiting(stage.rig, { patch, evidence: { diff } });
  await using it = await stage.open(`#/p/${id}/r1`);
  const { page } = it;
  await page.getByText('What changed: 300 files').waitFor();
  await expect.poll(() => page.locator('.file').count()).toBe(300);
  const last = page.locator('.file').last();
  await last.locator('.file-name').click();
  await last.getByText('of file 300').first().waitFor();
  await expect.poll(() => page.locator('.patch').count()).toBeLessThanOrEqual(6);
});

inBrowser('a diff of 5 MB in one line is read in pieces, and the page answers meanwhile', async () => {
  await using stage = await createStage();
  const text = 'w'.repeat(5_000_000);
  const patch = `diff --git a/one.js b/one.js\n--- a/one.js\n+++ b/one.js\n@@ -1 +1 @@\n-short\n+${text}\n`;
  const changes = [
    { path: 'one.js', status: 'M', insertions: 1, deletions: 1, binary: false, size: text.length },
  ] as const;
  const diff = {
    files: 1,
    insertions: 1,
    deletions: 1,
    binary: 0,
    patchBytes: patch.length,
    truncated: false,
    changes: [...changes],
  };
  const id = await waiting(stage.rig, { patch, evidence: { diff } });
  await using it = await stage.open(`#/p/${id}/r1`, PHONE);
  const { page } = it;
  await page.getByText('What changed: 1 file').waitFor();
  await page
    .getByRole('button', { name: /Show all|Read on/ })
    .first()
    .waitFor();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('What should change?').fill('One line is too long.');
  expect(await page.getByLabel('What should change?').inputValue()).toBe('One line is too long.');
});
