/** Costs on the page: a bar a day in the person's own zone, and never nothing for what has no figure. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { begin, ending, send, submit } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import type { Rig } from '../rig.ts';
import { inBrowser, overflow, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';

useBrowser();

/** A run that began then and has cost so much; null: nobody knows. */
async function ran(rig: Rig, plan: string, at: string, usd: number | null): Promise<void> {
  const project = await send(rig, plan);
  const { run } = await begin(rig);
  await submit(rig, project.id, run);
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
  rig.tamper('UPDATE runs SET created_at = ?, cost_usd = ? WHERE id = ?', at, usd, run.id);
}

/** What the bars say, of days on which something ran. */
async function busyDays(page: Page): Promise<string[]> {
  await page.locator('.chart').waitFor();
  const titles = await page.locator('.chart title').allTextContents();
  expect(titles).toHaveLength(30);
  return titles.filter((title) => !title.endsWith(' 0 runs'));
}

inBrowser(
  'a run counts on the day it was where the person is, also on the day that has 23 hours',
  async () => {
    await using stage = await createStage();
    const { rig } = stage;
    await ran(rig, '# First', '2027-03-27T23:30:00.000Z', 1);
    await ran(rig, '# Second', '2027-03-28T21:30:00.000Z', 2);
    await ran(rig, '# Third', '2027-03-28T22:30:00.000Z', 4);
    rig.clock.advance(Date.parse('2027-04-10T12:00:00Z') - rig.clock.now().getTime());
    await using berlin = await stage.open('#/costs', { timezoneId: 'Europe/Berlin' });
    expect(await busyDays(berlin.page)).toEqual(['Sun, Mar 28: $3.00, 2 runs', 'Mon, Mar 29: $4.00, 1 run']);
    await using honolulu = await stage.open('#/costs', { timezoneId: 'Pacific/Honolulu' });
    expect(await busyDays(honolulu.page)).toEqual([
      'Sat, Mar 27: $1.00, 1 run',
      'Sun, Mar 28: $6.00, 2 runs',
    ]);
  },
);

inBrowser(
  'what has no figure is said so, in the chart and in the tables, and is never shown as nothing',
  async () => {
    await using stage = await createStage();
    const { rig } = stage;
    const today = rig.clock.now().toISOString();
    await ran(rig, '# Move to Postgres', today, 12.1);
    await ran(rig, '# Sweep', today, null);
    await using it = await stage.open('#/costs', { viewport: { width: 320, height: 700 } });
    const { page } = it;
    expect((await busyDays(page))[0]).toContain('$12.10 and 1 run without a figure, 2 runs');
    const row = (name: string) => page.getByRole('row', { name }).locator('td').allTextContents();
    expect(await row('Move to Postgres')).toEqual(['1', '$12.10']);
    expect(await row('Sweep')).toEqual(['1', 'no figure']);
    await page.getByText('Day by day').click();
    await expect
      .poll(() => page.getByRole('row').filter({ hasText: 'and 1 without a figure' }).count())
      .toBeGreaterThan(0);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByRole('link', { name: 'Move to Postgres' }).click();
    await page.getByRole('heading', { name: 'Move to Postgres' }).waitFor();
  },
);

inBrowser('a page of costs without any run says that nothing has run', async () => {
  await using stage = await createStage();
  await using it = await stage.open('#/costs');
  await it.page.getByText('Nothing has run in these days.').waitFor();
  expect(await busyDays(it.page)).toEqual([]);
});
