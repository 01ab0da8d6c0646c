/** What a person goes to next is there before they do: the code of it, and the answers. */
import type { Page, Route } from 'playwright-core';
import { expect } from 'vitest';
import { send } from '../bridge/steps.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

/** Goes to a review whose project is not answered before the route that is returned goes on; and counts what it asks for. */
async function beginReview(page: Page, id: string): Promise<{ details: Route; asked: string[] }> {
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
  const held = new Promise<Route>((resolve) => {
    void page.route((url) => url.pathname === `/projects/${id}`, resolve, { times: 1 });
  });
  const parts = [`/projects/${id}/rounds/1`, `/projects/${id}/rounds/1/diff/1`];
  const answers = parts.map((part) => page.waitForResponse((one) => new URL(one.url()).pathname === part));
  await page.evaluate(`location.hash = '#/p/${id}/r1'`);
  const details = await held;
  await Promise.all(answers);
  return { details, asked };
}

inBrowser('a review asks for its parts at once, and for none of them twice', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open('#/');
  const { page } = it;
  await page.getByText('1 waits for you').waitFor();
  const { details, asked } = await beginReview(page, id);
  await details.continue();
  await page.getByText("const HEADER = 'id,name,price\\n';").waitFor();
  for (const part of ['', '/diff/1'])
    expect(asked.filter((path) => path === `/projects/${id}/rounds/1${part}`)).toHaveLength(1);
});

inBrowser(
  'a review that was asked for ahead is asked for again when something happened meanwhile',
  async () => {
    await using stage = await createStage();
    const id = await waiting(stage.rig);
    await using it = await stage.open('#/');
    const { page } = it;
    await page.getByText('1 waits for you').waitFor();
    const { details, asked } = await beginReview(page, id);
    const news = page.waitForResponse((one) => new URL(one.url()).pathname === '/overview');
    await send(stage.rig, '# Docs sweep');
    await news;
    await details.continue();
    await page.getByText("const HEADER = 'id,name,price\\n';").waitFor();
    expect(asked.filter((path) => path === `/projects/${id}/rounds/1`)).toHaveLength(2);
  },
);

inBrowser(
  'a project opens also where the connection was lost before the first one was looked at',
  async () => {
    await using stage = await createStage();
    await waiting(stage.rig);
    await using it = await stage.open('#/', PHONE);
    const { page } = it;
    const card = page.getByRole('link', { name: /Add CSV export/ });
    await card.waitFor();
    const loaded = () =>
      page.evaluate<string[]>("performance.getEntriesByType('resource').map(({ name }) => name)");
    await expect.poll(loaded).toContainEqual(expect.stringMatching(/later-review-\w+\.js$/));
    // With all that it is made of.
    const file = (await loaded()).find((name) => name.includes('/later-review-'));
    await page.evaluate(`import(${JSON.stringify(file)}).then(() => undefined)`);
    await page.context().setOffline(true);
    await card.click();
    await page.getByRole('link', { name: 'What waits' }).waitFor();
    expect(await page.getByText('could not be loaded').count()).toBe(0);
  },
);
