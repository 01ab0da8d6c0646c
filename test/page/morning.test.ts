/** A person's morning: from a notification to the last decision, on a phone, with taps and seconds counted. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { current } from '../bridge/steps.ts';
import { startReceiver } from '../notify/receiver.ts';
import { notifying } from '../notify/rig.ts';
import { inBrowser, overflow, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { asking, DOUBTFUL, waiting } from './stories.ts';

useBrowser();

const MAX_TAPS = 3;
/** A decision is one request away; a busy machine is slower than a phone. */
const MAX_SECONDS = 20;

/** A finger that counts. It reaches what is in the window, and scrolls to nothing. */
function finger(page: Page) {
  let taps = 0;
  let from = performance.now();
  return {
    async tap(target: Locator): Promise<void> {
      taps += 1;
      await target.tap();
    },
    /** Ends one decision; the next begins where this one has left the page. */
    decided(): { taps: number; seconds: number } {
      const counted = { taps, seconds: (performance.now() - from) / 1_000 };
      taps = 0;
      from = performance.now();
      return counted;
    },
    async sees(...words: readonly (string | RegExp)[]): Promise<void> {
      for (const one of words) await page.getByText(one).first().waitFor();
    },
  };
}

inBrowser(
  'a morning on a phone, from the notification to the last decision, takes three taps a decision at most, and no typing but a reason',
  async () => {
    await using receiver = await startReceiver();
    await using night = await notifying();
    const { rig } = night;
    await using stage = await createStage({ rig });
    const public_url = stage.url.replace(/\/$/, '');
    await night.start([{ via: 'webhook', url: receiver.url, kinds: ['decision_wanted'] }], {
      http: { public_url },
    });
    // In the evening the phone was signed in, once; the link is worth nothing afterwards.
    await using it = await stage.open('#/', { ...PHONE, role: 'decide' });
    const { page } = it;

    const csv = await waiting(rig);
    await night.until('decision_wanted sent');
    const prices = await waiting(rig, { plan: '# Move the price list', evidence: DOUBTFUL });
    const clock = await waiting(rig, { plan: '# Build a clock' });
    await asking(rig, '# Drop what nobody uses', 'question');
    await asking(rig, '# Clean the build', 'permission');

    const link: string = receiver.received[0]?.json.data.url;
    expect(link).toBe(`${stage.url}#/p/${csv}/r1`);
    const { tap, sees, decided } = finger(page);
    const counted: Record<string, { taps: number; seconds: number }> = {};

    // The notification opens the card: what was measured stands above the buttons, and these are in reach.
    await page.goto(link);
    decided();
    await sees('Measured, not claimed', 'npm test', 'What it says it changed is what changed');
    const approve = page.getByRole('button', { name: 'Approve', exact: true });
    await expect(approve.boundingBox()).resolves.toMatchObject({ height: expect.any(Number) });
    await tap(approve);
    await sees('Approved by phone, just now.');
    counted.green = decided();

    // What is next is one tap away.
    await tap(page.getByRole('link', { name: 'Next: Move the price list' }));
    await sees('exit 1');
    await tap(page.getByRole('button', { name: 'Approve, 1 failed…' }));
    await sees('The check “npm run lint” failed.');
    await tap(page.getByRole('button', { name: 'Approve all the same' }));
    await sees('Approved by phone, just now.');
    counted.doubtful = decided();

    await tap(page.getByRole('link', { name: 'Next: Build a clock' }));
    await tap(page.getByRole('button', { name: 'Reject…' }));
    await page.keyboard.type('With hands, please.');
    await tap(page.getByRole('dialog').getByRole('button', { name: 'Reject' }));
    await sees('Rejected');
    counted.rejected = decided();

    await tap(page.getByRole('link', { name: 'What waits' }));
    await tap(page.getByRole('button', { name: 'Keep it' }));
    await sees('1 waits for you');
    counted.question = decided();
    await tap(page.getByRole('button', { name: 'Allow once' }));
    await sees('Nothing waits for you');
    counted.permission = decided();

    for (const [what, { taps, seconds }] of Object.entries(counted)) {
      expect(taps, `taps: ${what}`).toBeLessThanOrEqual(MAX_TAPS);
      expect(seconds, `seconds: ${what}`).toBeLessThanOrEqual(MAX_SECONDS);
    }
    expect(Object.values(counted).map(({ taps }) => taps)).toEqual([1, 3, 3, 2, 1]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const statuses = await Promise.all([csv, prices, clock].map((id) => current(rig.bridge, id)));
    expect(statuses.map(({ status }) => status)).toEqual(['approved', 'approved', 'rejected']);
    expect(rig.rowsOf('requests').map(({ state }) => state)).toEqual(['answered', 'allowed']);
    expect(rig.rowsOf('approvals').map(({ decided_by }) => decided_by)).toEqual([
      'person: phone',
      'person: phone',
      'person: phone',
    ]);
  },
);
