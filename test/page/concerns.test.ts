/** What the page fetches again, and when. */
import { expect, test } from 'vitest';
import { CLOSING_EVENTS } from '../../src/page/live/concerns.ts';
import { EVENTS } from '../../src/project/event.ts';
import type { EventKind } from '../../src/project/event-kind.ts';
import { CLOSED_STATUSES, MOVES } from '../../src/project/project.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { asking, waiting } from './stories.ts';

useBrowser();

test('the page takes a project for closed at exactly the events that close one', () => {
  const closed: readonly unknown[] = CLOSED_STATUSES;
  const closing = Object.entries<EventKind>(EVENTS)
    .filter(([, { action }]) => action !== undefined && closed.includes(MOVES[action].to))
    .map(([type]) => type);
  expect(closing.length).toBeGreaterThan(1);
  expect([...CLOSING_EVENTS].sort()).toEqual(closing.sort());
});

inBrowser(
  'home asks as much of the server however much waits, and shows what was measured of it',
  async () => {
    await using stage = await createStage();
    for (const plan of ['# First', '# Second', '# Third']) await waiting(stage.rig, { plan });
    await using it = await stage.open('#/nowhere');
    const { page } = it;
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await page.evaluate("location.hash = '#/'");
    await page.getByText('3 wait for you').waitFor();
    await expect.poll(() => page.getByText('checks passed').count()).toBe(3);
    expect([...new Set(asked)].sort()).toEqual(['/overview', '/projects', '/questions']);
  },
);

inBrowser('a list that an event does not concern is not fetched again', async () => {
  await using stage = await createStage();
  // Home opens on a stream that is live: it fetches each list once, and none again for the sake of the stream.
  await using it = await stage.open('#/nowhere');
  const { page } = it;
  const done = page.waitForResponse((response) => new URL(response.url()).pathname === '/projects');
  await page.evaluate("location.hash = '#/'");
  await page.getByText('Nothing waits for you').waitFor();
  await done;
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
  await asking(stage.rig, '# Drop what nobody uses', 'question');
  await page.getByText('1 waits for you').waitFor();
  // What was done lately is as before.
  expect(asked).not.toContain('/projects');
  expect(asked).toContain('/questions');
});
