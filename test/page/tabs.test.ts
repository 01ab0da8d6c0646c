/** Many tabs of one browser: a browser has six connections to a server, and the seventh would hang without a word. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

inBrowser(
  'nine tabs hold one stream between them, all see what happens, and another takes over',
  async () => {
    await using stage = await createStage();
    await using it = await stage.open('#/');
    const context = it.page.context();
    const streams: Page[] = [];
    context.on('request', (request) => {
      if (new URL(request.url()).pathname === '/events') streams.push(request.frame().page());
    });
    const tabs = [it.page];
    while (tabs.length < 9) {
      const tab = await context.newPage();
      await tab.goto(`${stage.url}#/`);
      await tab.locator('.live-live').waitFor();
      tabs.push(tab);
    }
    expect(streams).toEqual([]);
    await waiting(stage.rig);
    for (const tab of tabs) await tab.getByText('1 waits for you').waitFor();

    await it.page.close();
    await expect.poll(() => streams.length).toBe(1);
    await waiting(stage.rig, { plan: '# Another' });
    for (const tab of tabs.slice(1)) await tab.getByText('2 wait for you').waitFor();
    expect(streams).toHaveLength(1);
  },
);
