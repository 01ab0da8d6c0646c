/** The connection goes silent, the supervisor is replaced, the store is restored: the page is right again by itself. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { approve } from '../../src/bridge/reviews.ts';
import { inBrowser, openPage, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** What goes through connections of before is kept back from now on, and none of them is closed. */
  silence(): void;
}

/** Hands on bytes between a browser and the server, as a phone network does, until it does not. */
async function proxyTo(port: () => number): Promise<Proxy> {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port(), '127.0.0.1');
    sockets.push(near, far);
    for (const one of [near, far]) one.on('error', () => undefined);
    near.pipe(far);
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      for (const socket of sockets) socket.unpipe();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

inBrowser(
  'a page that was a minute in the background, its stream cut in silence, shows what has happened as soon as somebody looks',
  async () => {
    const stage = { port: 0 };
    await using proxy = await proxyTo(() => stage.port);
    await using own = await createStage({ http: { hosts: [`127.0.0.1:${proxy.port}`] } });
    stage.port = own.api.port;
    await using it = await openPage();
    const { page } = it;
    await page.clock.install();
    await page.goto((await own.link()).replace(own.url, `http://127.0.0.1:${proxy.port}/`));
    await page.locator('.live-live').waitFor();
    await setVisible(page, false);
    proxy.silence();
    const id = await waiting(own.rig);
    // A page in the background is frozen: a minute is over, and none of its timers has run.
    await page.clock.setSystemTime((await page.evaluate<number>('Date.now()')) + 60_000);
    expect(
      await page.getByText('Nothing waits for you').or(page.getByText('No plan yet')).count(),
    ).toBeGreaterThan(0);
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await setVisible(page, true);
    // At once, before the time of a silent stream is over.
    await expect.poll(() => asked).toEqual(expect.arrayContaining(['/overview', '/questions']));
    await passes(page, '1 waits for you');
    expect(asked).toContain('/events');
    await approve(own.rig.bridge, id, 'desktop');
    await passes(page, 'Nothing waits for you');
  },
);

inBrowser(
  'a stream without a byte for 40 seconds is lost also for a page that somebody looks at',
  async () => {
    const stage = { port: 0 };
    await using proxy = await proxyTo(() => stage.port);
    await using own = await createStage({ http: { hosts: [`127.0.0.1:${proxy.port}`] } });
    stage.port = own.api.port;
    await using it = await openPage();
    const { page } = it;
    await page.clock.install();
    await page.goto((await own.link()).replace(own.url, `http://127.0.0.1:${proxy.port}/`));
    await page.locator('.live-live').waitFor();
    proxy.silence();
    await waiting(own.rig);
    await page.clock.runFor(45_000);
    await page.clock.runFor(5_000);
    await page.getByText('1 waits for you').waitFor();
  },
);

/** Lets time pass on the page until it shows these words. */
async function passes(page: Page, words: string): Promise<void> {
  await expect
    .poll(async () => {
      await page.clock.runFor(1_000);
      return page.getByText(words).count();
    })
    .toBeGreaterThan(0);
}

async function setVisible(page: Page, isVisible: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${isVisible ? 'visible' : 'hidden'}' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}
