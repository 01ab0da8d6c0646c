/** Other pages in the browser of somebody who is signed in: they read nothing, do nothing, and frame nothing. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { current } from '../bridge/steps.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

interface Site extends AsyncDisposable {
  readonly port: number;
}

/** Somebody else's page, on a port of its own. */
async function somebodyElse(): Promise<Site> {
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>evil</title><h1>evil</h1>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What a script of the page gets when it asks for this: the body, or why not. */
function asks(page: Page, url: string, init: object = {}): Promise<string> {
  return page.evaluate<string>(
    `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((answer) => answer.text(), (error) => 'blocked: ' + error.message)`,
  );
}

inBrowser(
  'a page of another site, of another port or of a name that was bound anew reads nothing and decides nothing, however it asks',
  async () => {
    await using stage = await createStage();
    await using site = await somebodyElse();
    const id = await waiting(stage.rig);
    await using it = await stage.open('#/');
    const context = it.page.context();
    const foreign = await context.newPage();
    const own = `http://127.0.0.1:${stage.api.port}`;
    for (const address of [`http://evil.example:${site.port}/`, `http://127.0.0.1:${site.port}/`]) {
      await foreign.goto(address);
      for (const path of ['/projects', '/overview', '/session', '/health', '/openapi.json'])
        expect(
          await asks(foreign, own + path, { credentials: 'include' }),
          `${path} from ${address}`,
        ).toMatch(/^blocked:/);
      const simple = { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' };
      expect(await asks(foreign, `${own}/projects/${id}/approve`, simple)).toMatch(/^(?:blocked:.*)?$/);
      const json = {
        method: 'POST',
        credentials: 'include',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      };
      expect(await asks(foreign, `${own}/projects/${id}/approve`, json)).toMatch(/^blocked:/);
      // A form needs no script, and navigates.
      await foreign.setContent(
        `<form method="post" action="${own}/projects/${id}/approve"><button>win</button></form>`,
      );
      await foreign.getByRole('button').click();
      await foreign.waitForURL(`${own}/**`);
      expect(await foreign.locator('body').innerText()).toContain('origin-not-allowed');
    }
    // The name of a site that was bound to this machine after its page was loaded is the same origin to the browser.
    await foreign.goto(`http://evil.example:${stage.api.port}/`);
    expect(await foreign.locator('body').innerText()).toContain('host-not-allowed');
    for (const path of ['/projects', '/health']) {
      const answer = await asks(foreign, path, { credentials: 'include' });
      expect(JSON.parse(answer)).toMatchObject({ status: 421, code: 'host-not-allowed' });
    }
    expect((await current(stage.rig.bridge, id)).status).toBe('awaiting_approval');
    expect(stage.rig.rowsOf('approvals')).toEqual([]);
  },
);

inBrowser('the page is framed by nobody, and opened by another site it hands nothing back', async () => {
  await using stage = await createStage();
  await using site = await somebodyElse();
  await waiting(stage.rig);
  await using it = await stage.open('#/');
  const foreign = await it.page.context().newPage();
  await foreign.goto(`http://127.0.0.1:${site.port}/`);
  await foreign.setContent(`<iframe src="${stage.url}"></iframe>`);
  await foreign.locator('iframe').waitFor();
  await expect
    .poll(() => foreign.frames().filter((frame) => frame.url().startsWith('chrome-error:')).length)
    .toBe(1);
  const opened = foreign.waitForEvent('popup');
  await foreign.evaluate(`window.victim = window.open(${JSON.stringify(stage.url)}, 'victim')`);
  const victim = await opened;
  await victim.getByText('1 waits for you').waitFor();
  expect(await foreign.evaluate('window.victim.closed || typeof window.victim.length')).toBe(true);
  expect(await victim.evaluate('window.opener')).toBeNull();
});
