/** An update under an open page: what is clicked there would go nowhere. */
import { expect } from 'vitest';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

const HELLO = { cursor: 0, oldest: 0, epoch: 'e', version: '9.9.9', build: 'another', role: 'admin' };

inBrowser(
  'a page of an older build says so, decides nothing and keeps what was typed; one where nothing is typed loads the new one',
  async () => {
    await using stage = await createStage();
    const id = await waiting(stage.rig);
    await using it = await stage.open(`#/p/${id}/r1`);
    const { page } = it;
    await page.getByRole('button', { name: 'Reject…' }).click();
    const reason = page.getByLabel('What should change?');
    await reason.fill('Keep the old format.');
    await page.route('**/events', (route) =>
      route.fulfill({
        status: 200,
        contentType: 'text/event-stream',
        body: `event: hello\ndata: ${JSON.stringify(HELLO)}\n\n`,
      }),
    );
    // The stream is opened anew, as after a restart of the supervisor.
    await page.evaluate("dispatchEvent(new Event('online'))");
    await page.getByText('A new version is running. What you have typed is kept.').waitFor();
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).isDisabled()).toBe(true);
    expect(await reason.inputValue()).toBe('Keep the old format.');
    await page.unroute('**/events');
    await page.keyboard.press('Escape');
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Reload' }).click();
    await loaded;
    await page.locator('.live-live').waitFor();
    await page.getByRole('button', { name: 'Reject…' }).click();
    expect(await page.getByLabel('What should change?').inputValue()).toBe('Keep the old format.');
  },
);
