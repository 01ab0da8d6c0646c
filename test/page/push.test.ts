/** A browser is told: its page asks, its worker shows what is pushed, and a tap opens the card. */
import type { Page, Worker } from 'playwright-core';
import { expect } from 'vitest';
import type { PushMessage } from '../../src/project/push.ts';
import { type PushService, startPushService } from '../notify/push-service.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { faultsIn } from './looks.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

const HTTP = { public_url: 'https://box.example' };
const notify = (service: PushService) => ({ notify: [{ via: 'push', services: [service.origin] }] });

/** The one thing that needs the servers of the browser's maker: an address to push to. It has our key, as theirs has. */
async function withPushService(page: Page, service: PushService): Promise<void> {
  const subscription = service.subscribe('phone');
  await page.evaluate(
    // A headless Chromium says 'denied' whatever was granted.
    `Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    Notification.requestPermission = async () => 'granted';
    PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
      if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error('wrong options');
      return { toJSON: () => (${JSON.stringify(subscription)}) };
    }`,
  );
}

/** Hands a message to the worker as a push service does. */
async function deliver(page: Page, origin: string, message: Partial<PushMessage> | string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { registrationId, isDeleted } of registrations) if (!isDeleted) resolve(registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await registered;
  const data = typeof message === 'string' ? message : JSON.stringify(message);
  await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
  await cdp.detach();
}

/** A headless Chromium shows nothing, and says that nobody has allowed it to: the worker's own calls are noted in its place. */
async function workerOf(page: Page): Promise<Worker> {
  const [worker] = page.context().serviceWorkers();
  if (!worker) throw new Error('there is no worker');
  await worker.evaluate(`globalThis.shown = new Map();
    ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
      shown.set(options.tag, { title, ...options });
    }`);
  return worker;
}

const shown = (worker: Worker) =>
  worker.evaluate<{ title: string; body: string; tag: string }[]>(
    '[...shown.values()].map(({ title, body, tag }) => ({ title, body, tag }))',
  );

const titles = async (worker: Worker) => (await shown(worker)).map(({ title }) => title);

inBrowser(
  'a browser asks on its page, shows what is pushed, and a tap leads the open page to the card',
  async () => {
    await using service = await startPushService();
    await using stage = await createStage({ http: HTTP, config: notify(service) });
    const id = await waiting(stage.rig);
    await using it = await stage.open('#/', { permissions: ['notifications'] });
    const { page } = it;
    await withPushService(page, service);
    await page.evaluate("location.hash = '#/settings'");
    await page.getByRole('button', { name: 'Tell me on this device' }).waitFor();
    const asked = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page.getByRole('button', { name: 'Tell me on this device' }).click();
    expect((await asked).status()).toBe(200);
    await page.getByText(/^This device is told what waits for you, since/).waitFor();
    expect(stage.rig.rowsOf('push_devices')).toMatchObject([{ name: 'phone' }]);

    const worker = await workerOf(page);
    const origin = stage.url.slice(0, -1);
    const card = { tag: `p-${id}`, path: `/#/p/${id}/r1`, isOver: false };
    await deliver(page, origin, { ...card, title: '<img src=x onerror=alert(1)>', body: 'Round 1' });
    const first = { title: '<img src=x onerror=alert(1)>', body: 'Round 1', tag: `p-${id}` };
    await expect.poll(() => shown(worker)).toEqual([first]);
    await deliver(page, origin, { ...card, title: 'Decided', body: '', isOver: true });
    await expect.poll(() => titles(worker)).toEqual(['Decided']);
    await deliver(page, origin, 'no JSON');
    await expect.poll(() => titles(worker)).toEqual(['Decided', 'Bridge']);

    await worker.evaluate(`dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), {
    notification: { close() {}, data: shown.get('p-${id}').data },
  }))`);
    await page.waitForURL(`${stage.url}#/p/${id}/r1`);
    expect(page.context().pages()).toHaveLength(1);

    await page.evaluate("location.hash = '#/settings'");
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Tell me on this device' }).waitFor();
    expect(stage.rig.rowsOf('push_devices')).toEqual([]);
  },
);

inBrowser(
  'a page on which push is not configured, or not allowed by the browser, says what is missing',
  async () => {
    await using plain = await createStage();
    await using without = await plain.open('#/settings');
    await without.page
      .getByText('This device can be told what waits for you, once config.json has')
      .waitFor();
    await using service = await startPushService();
    await using stage = await createStage({ http: HTTP, config: notify(service) });
    await using it = await stage.open('#/settings');
    const { page } = it;
    // A browser without a person to ask refuses.
    await page.getByText('This browser may not show notifications of this page.').waitFor();
    expect(stage.rig.rowsOf('push_devices')).toEqual([]);
    expect(await faultsIn(page, 'This browser may not show notifications', 'push')).toEqual([]);
  },
);
