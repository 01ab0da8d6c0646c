/** The page at every width and in both colours: nothing slides sideways, and nothing is out of reach. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { pause } from '../../src/bridge/holds.ts';
import { send } from '../bridge/steps.ts';
import { inBrowser, openPage, overflow, useBrowser, withBrowser } from './browser.ts';
import { faultsIn, violations } from './looks.ts';
import { createStage } from './stage.ts';
import { asking, DOUBTFUL, hostile, said, waiting } from './stories.ts';

useBrowser();

/** Each view: where it is, as this morning has it, and words that it shows. */
const VIEWS = {
  'the home view': () => ['#/', '4 wait for you'],
  'the review card': ({ doubtful }) => [`#/p/${doubtful}/r1`, 'Measured, not claimed'],
  'a project that asks': ({ question }) => [`#/p/${question}`, 'Drop the table'],
  'the list of projects': () => ['#/projects', 'Docs sweep'],
  'the project view': ({ doubtful }) => [`#/p/${doubtful}`, 'What changed'],
  'the queue': () => ['#/queue', 'Next, in this order'],
  'the view of costs': () => ['#/costs', 'What may be spent'],
  'the form for a plan': () => ['#/send', 'Workspace'],
  'the list of channels': () => ['#/channels', 'Filter channels'],
  'a channel': () => ['#/channels/demo%3Aworker', 'Send'],
  'a message of a channel': ({ message }) => [`#/channels/demo%3Aworker/${message}`, 'structured message'],
  'the settings view': () => ['#/settings', 'Devices and tokens'],
  'an address that leads nowhere': () => ['#/nowhere', 'There is nothing here'],
} satisfies Readonly<Record<string, (morning: Morning) => readonly [place: string, words: string]>>;

interface Morning extends AsyncDisposable {
  readonly page: Page;
  readonly doubtful: string;
  readonly question: string;
  readonly message: string;
}

/** A page on which there is something of everything. */
async function createMorning(): Promise<Morning> {
  const stage = await createStage();
  const { rig } = stage;
  await waiting(rig);
  const doubtful = await waiting(rig, {
    plan: '# Move the price list',
    evidence: DOUBTFUL,
    caveats: 'None.',
  });
  const question = await asking(rig, '# Drop what nobody uses', 'question');
  await asking(rig, '# Clean the build', 'permission');
  await send(rig, '# Docs sweep');
  await pause(rig.bridge, 'until I am back', 'person');
  const envelope = JSON.stringify({ schema_version: 1, type: 'task', content: [1, null, 'x'] });
  const message = await said(rig, 'demo:worker', 'mac', envelope);
  const watched = await stage.open('#/');
  return {
    page: watched.page,
    doubtful,
    question,
    message,
    async [Symbol.asyncDispose]() {
      try {
        await watched[Symbol.asyncDispose]();
      } finally {
        await stage[Symbol.asyncDispose]();
      }
    },
  };
}

describe('the views', () => {
  let morning: Morning | undefined;
  beforeAll(async () => {
    if (withBrowser) morning = await createMorning();
  });
  afterAll(async () => {
    await morning?.[Symbol.asyncDispose]();
  });

  for (const [view, at] of Object.entries(VIEWS))
    inBrowser(`${view} fits 320 to 1440 pixels in both colours, and axe finds nothing wrong`, async () => {
      if (!morning) throw new Error('beforeAll comes first');
      const { page } = morning;
      const [place, words] = at(morning);
      await page.evaluate(`location.hash = '${place}'`);
      expect(await faultsIn(page, words)).toEqual([]);
    });
});

inBrowser('a browser that is not signed in finds nothing wrong with the page, either', async () => {
  await using stage = await createStage();
  await using it = await openPage({ viewport: { width: 320, height: 640 } });
  await it.page.goto(stage.url);
  await it.page.getByText('This browser is not signed in.').waitFor();
  expect(await violations(it.page)).toEqual([]);
  expect(await overflow(it.page)).toBeLessThanOrEqual(0);
});

inBrowser('texts that want to be more than text are shown as they are, and reach nobody', async () => {
  await using stage = await createStage();
  const id = await hostile(stage.rig);
  await using it = await stage.open('#/', { viewport: { width: 320, height: 700 } });
  const { page, hosts } = it;
  await page.getByText('1 waits for you').waitFor();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.evaluate(`location.hash = '#/p/${id}/r1'`);
  await page.getByText('Measured, not claimed').waitFor();
  const folded = page.locator('[aria-expanded="false"]');
  while ((await folded.count()) > 0) await folded.first().click();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.getByText('U+202E').first().waitFor();
  await page.getByText('U+E0041').first().waitFor();
  await page.getByText('printed by the check').waitFor();
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect([...hosts]).toEqual([`127.0.0.1:${stage.api.port}`]);
  const links = await page.evaluate<string[]>(
    "[...document.querySelectorAll('main a')].map((one) => String(one.getAttribute('href')))",
  );
  expect(links.filter((href) => !/^(?:#|https?:)/.test(href))).toEqual([]);
  const foreign = await page.evaluate<string[]>(
    "[...document.querySelectorAll('main script, main iframe, main img, main object, main embed, main style, main link, main base')].map((one) => one.outerHTML)",
  );
  expect(foreign).toEqual([]);
});
