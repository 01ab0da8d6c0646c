/** A browser comes in by a link, and is told what to do when it may not. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { credentials, revokeCredential } from '../../src/bridge/credentials.ts';
import { openLink } from '../../src/cli/terminal/open-link.ts';
import { signInFile } from '../../src/state-folder.ts';
import { inBrowser, openPage, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

inBrowser('a link signs a browser in once, and its code leaves the address at once', async () => {
  await using stage = await createStage();
  const link = await stage.link();
  await using first = await openPage();
  await first.page.goto(link);
  await first.page.getByText('No plan yet').waitFor();
  await first.page.locator('.live-live').waitFor();
  expect(first.page.url()).toBe(`${stage.url}#/`);
  // The session outlives a reload.
  await first.page.reload();
  await first.page.locator('.live-live').waitFor();
  expect([...first.hosts]).toEqual([`127.0.0.1:${stage.api.port}`]);

  await using second = await openPage();
  await second.page.goto(link);
  await second.page.getByText('That link was used, or is older than 2 minutes. Make a new one.').waitFor();
});

inBrowser('the file that dashboard opens leads a browser to its link, and signs it in', async () => {
  await using stage = await createStage();
  const { home: stateDir } = stage.rig;
  const bin = join(stateDir, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'xdg-open'), '#!/bin/sh\n', { mode: 0o755 });
  expect(await openLink({ env: { DISPLAY: ':0', PATH: bin } }, stateDir, await stage.link())).toBe(true);
  await using it = await openPage();
  await it.page.goto(`file://${signInFile(stateDir)}`);
  await it.page.locator('.live-live').waitFor();
  expect(it.page.url()).toBe(`${stage.url}#/`);
});

inBrowser('a browser that is not signed in sees the command that signs it in, and nothing else', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  await using it = await openPage();
  await it.page.goto(`${stage.url}#/projects`);
  await it.page.getByText('This browser is not signed in.').waitFor();
  expect(await it.page.locator('body').innerText()).not.toContain('CSV');
});

inBrowser('a browser that is signed out from elsewhere says so, and keeps what was typed', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  await using it = await stage.open(`#/p/${id}/r1`);
  const { page } = it;
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('What should change?').fill('Keep the old format.');
  const [browser] = (await credentials(stage.rig.bridge)).filter(({ kind }) => kind === 'browser');
  await revokeCredential(stage.rig.bridge, browser?.name ?? '', 'person');
  await page.getByText('This browser is not signed in.').waitFor();
  await page.goto(await stage.link());
  await page.evaluate(`location.hash = '#/p/${id}/r1'`);
  await page.getByRole('button', { name: 'Reject…' }).click();
  expect(await page.getByLabel('What should change?').inputValue()).toBe('Keep the old format.');
});

inBrowser('a page whose server fails at the first question asks again, and goes on by itself', async () => {
  await using stage = await createStage();
  await using it = await stage.open('#/');
  const { page } = it;
  let refused = 0;
  await page.route('**/session', (route) => {
    refused += 1;
    return refused > 2 ? route.continue() : route.fulfill({ status: 503, body: '{}' });
  });
  await page.reload();
  await page.locator('.bar').waitFor();
  await page.locator('.live-live').waitFor();
  expect(refused).toBeGreaterThan(2);
});

inBrowser('a second tab shows what happens without a stream of its own, and takes over', async () => {
  await using stage = await createStage();
  await using first = await stage.open('#/');
  const second = await first.page.context().newPage();
  const streams: string[] = [];
  second.on('request', (request) => void streams.push(new URL(request.url()).pathname));
  await second.goto(`${stage.url}#/`);
  await second.locator('.live-live').waitFor();
  await waiting(stage.rig);
  await second.getByText('1 waits for you').waitFor();
  expect(streams).not.toContain('/events');
  await first.page.close();
  await expect.poll(() => streams).toContain('/events');
  await waiting(stage.rig, { plan: '# Another' });
  await second.getByText('2 wait for you').waitFor();
});
