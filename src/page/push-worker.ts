/**
 * Runs in the browser while no page is open: shows what the supervisor pushes, and opens the card that it tells of. It
 * answers no request of a page and keeps nothing. It is built into one file of its own, without imports.
 */
import type { PushMessage } from '../project/push.ts';

/** What of a service worker is used (https://w3c.github.io/ServiceWorker/); the types of a page do not have it. */
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PushEvent extends WorkerEvent {
  readonly data: { json(): unknown } | null;
}
interface ClickEvent extends WorkerEvent {
  readonly notification: Notification;
}
interface OpenPage {
  readonly focused: boolean;
  focus(): Promise<OpenPage>;
  navigate(url: string): Promise<OpenPage | null>;
}
interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: {
      readonly type: 'window';
      readonly includeUncontrolled: boolean;
    }): Promise<OpenPage[]>;
    openWindow(url: string): Promise<OpenPage | null>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listen: (event: WorkerEvent) => void): void;
  addEventListener(type: 'push', listen: (event: PushEvent) => void): void;
  addEventListener(type: 'notificationclick', listen: (event: ClickEvent) => void): void;
}

const worker = globalThis as unknown as Worker;
const HOME = '/#/';

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
// A page that is open is led to a card only by the worker that it belongs to.
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('push', (event) => event.waitUntil(show(readMessage(event))));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = (event.notification.data ?? {}) as { readonly path?: unknown };
  event.waitUntil(open(typeof path === 'string' && path.startsWith(HOME) ? path : HOME));
});

/** A browser wants that each push is shown, also one that cannot be read. */
function readMessage({ data }: PushEvent): Partial<PushMessage> {
  try {
    return (data?.json() ?? {}) as Partial<PushMessage>;
  } catch {
    return {};
  }
}

function show({ title, body = '', tag = 'bridge', path = HOME, isOver = false }: Partial<PushMessage>) {
  const options = { body, tag, data: { path }, silent: isOver, renotify: !isOver };
  return worker.registration.showNotification(title ?? 'Bridge', options);
}

/** In a page that is open, or a new one. What is typed there is kept: the page only goes to another view. */
async function open(path: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  if (page) {
    try {
      await page.navigate(path);
      await page.focus();
      return;
    } catch {
      // It belongs to no worker, or is being closed.
    }
  }
  await worker.clients.openWindow(path);
}
