/** A browser is told: its page asks, its worker shows what is pushed, and a tap opens the card. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PushMessage } from '../../src/project/push.ts';
import { type PushService, startPushService } from '../notify/push-service.ts';
import { faultsIn } from './looks.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';
import { waiting } from './stories.ts';

useBrowser();

const HTTP = { public_url: 'https://box.example' };
const notify = (service: PushService) => ({ notify: [{ via: 'push', services: [service.origin] }] });

/** The one thing that needs the servers of the browser's maker: an address to push to. It has our key, as theirs has. */
async function withPushService(page: Page, service: PushService): Promise<void> {
  const subscription = service.subscribe('phone');
  await page.context().grantPermissions(['notifications']);
  await page.evaluate(
    `PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
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

const shown = (page: Page) =>
  page.evaluate<{ title: string; body: string; tag: string }[]>(
    `navigator.serviceWorker.ready.then((it) => it.getNotifications()).then((all) =>
      all.map(({ title, body, tag }) => ({ title, body, tag })))`,
  );

inBrowser('a browser asks on its page, shows what is pushed, and a tap leads the open page to the card', async () => {
  await using service = await startPushService();
  await using stage = await createStage({ http: HTTP, config: notify(service) });
  const id = await waiting(stage.rig);
  await using it = await stage.open('#/settings');
  const { page } = it;
  await withPushService(page, service);
  const asked = page.waitForResponse((response) => response.request().method() === 'PUT');
  await page.getByRole('button', { name: 'Tell me on this device' }).click();
  expect((await asked).status()).toBe(200);
  await page.getByText(/^This device is told what waits for you, since/).waitFor();
  expect(stage.rig.rowsOf('push_devices')).toMatchObject([{ name: 'phone' }]);

  const origin = stage.url.slice(0, -1);
  const card = { tag: `p-${id}`, path: `/#/p/${id}/r1`, isOver: false };
  await deliver(page, origin, { ...card, title: '<img src=x onerror=alert(1)>', body: 'Round 1' });
  await expect.poll(() => shown(page)).toEqual([
    { title: '<img src=x onerror=alert(1)>', body: 'Round 1', tag: `p-${id}` },
  ]);
  await deliver(page, origin, { ...card, title: 'Decided', body: '', isOver: true });
  await expect.poll(async () => (await shown(page)).map(({ title }) => title)).toEqual(['Decided']);
  await deliver(page, origin, 'no JSON');
  await expect.poll(async () => (await shown(page)).map(({ title }) => title).sort()).toEqual(['Bridge', 'Decided']);

  const [worker] = page.context().serviceWorkers();
  if (!worker) throw new Error('there is no worker');
  await worker.evaluate(`registration.getNotifications({ tag: 'p-${id}' }).then(([notification]) =>
    dispatchEvent(new NotificationEvent('notificationclick', { notification })))`);
  await page.waitForURL(`${stage.url}#/p/${id}/r1`);
  expect((await shown(page)).map(({ title }) => title)).toEqual(['Bridge']);
  expect(page.context().pages()).toHaveLength(1);

  await page.evaluate("location.hash = '#/settings'");
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Tell me on this device' }).waitFor();
  expect(stage.rig.rowsOf('push_devices')).toEqual([]);
});

inBrowser('a page on which push is not configured, or not allowed by the browser, says what is missing', async () => {
  await using plain = await createStage();
  await using without = await plain.open('#/settings');
  await without.page.getByText('This device can be told what waits for you, once config.json has').waitFor();
  await using service = await startPushService();
  await using stage = await createStage({ http: HTTP, config: notify(service) });
  await using it = await stage.open('#/settings');
  const { page } = it;
  // A browser without a person to ask refuses.
  await page.getByRole('button', { name: 'Tell me on this device' }).click();
  await page.getByText('This browser may not show notifications of this page.').waitFor();
  expect(stage.rig.rowsOf('push_devices')).toEqual([]);
  expect(await faultsIn(page, 'This browser may not show notifications', 'push')).toEqual([]);
});
