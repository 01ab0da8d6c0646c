/** Times on the page are those of the server, told in the time zone of whoever looks. */
import { inBrowser, openPage, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

const HOUR_MS = 3_600_000;

inBrowser('a phone whose clock is three hours off tells how long ago as the server knows it', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  for (const off of [-3 * HOUR_MS, 3 * HOUR_MS]) {
    await using it = await openPage();
    const { page } = it;
    await page.clock.install({ time: Date.now() + off });
    await page.goto(await stage.link());
    await page.getByText(/submitted (?:just now|\d+ s ago)/).waitFor();
  }
});

inBrowser(
  'the day of the costs ends when the day of the server does, also on the day when clocks change',
  async () => {
    await using stage = await createStage({ now: '2026-03-29T00:30:00.000Z' });
    await waiting(stage.rig);
    await using it = await stage.open('#/costs', { timezoneId: 'Europe/Berlin' });
    const today = it.page.getByLabel('Today');
    await today.getByText('$0.50').waitFor();
    const { ends_at } = (await stage.api.call('GET /costs?days=1', { token: stage.api.tokens.read })).json
      .periods[0];
    const shown = await it.page.evaluate<string>(
      `new Date(${JSON.stringify(ends_at)}).toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit' })`,
    );
    await today.getByText(shown).waitFor();
  },
);
