/** Notifications on a real session bus: what arrives at a desktop, whatever a title says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { notifyDesktop } from '../../src/machine/notify/os.ts';
import { onLinux } from '../platform.ts';
import {
  type NotificationServer,
  startNotificationServer,
  whyNoNotificationServer,
} from './notification-server.ts';

const why = onLinux ? whyNoNotificationServer() : 'needs Linux';

const test = base.extend<{ desktop: NotificationServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  desktop: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'notify-bus-'));
    {
      await using desktop = await startNotificationServer(folder);
      await use(desktop);
    }
    await rm(folder, { recursive: true });
  },
});

/** As a program gets it: `PATH`, and the libraries of a notify-send that is not installed in the system. */
const OWN = { PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH };

describe.skipIf(why !== undefined)(`real session bus (${why ?? 'with notify-send'})`, () => {
  test('a title that could be an option, a command or an escape arrives as it is', async ({ desktop }) => {
    const title = '--help -h "$(touch pwned)" \'`; <b>&amp;</b> \\n %s $HOME';
    const notice = { title, body: title, tag: 'p-1', replaces: null };
    expect(await notifyDesktop(notice, { ...OWN, ...desktop.env })).toEqual({ shown: true, receipt: '1' });
    expect(desktop.shown).toMatchObject([{ app: 'bridge-supervisor', replaces: 0, title }]);
  });

  test('a body arrives as markup that shows what it says, and nothing else', async ({ desktop }) => {
    const body = '<a href="http://evil.example">x</a> &lt; \\n \\t \\x41 \\\\ é 🦊 --urgency=critical';
    await notifyDesktop({ title: 'T', body, tag: 'p-1', replaces: null }, { ...OWN, ...desktop.env });
    const markup = desktop.shown[0]?.body ?? '';
    expect(markup).not.toContain('<');
    const shown = markup.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    expect(shown).toBe(body);
  });

  test('a later notification takes the place of the one whose number it was given', async ({ desktop }) => {
    const env = { ...OWN, ...desktop.env };
    const first = await notifyDesktop({ title: 'one', body: '', tag: 'p-1', replaces: null }, env);
    const receipt = first.shown ? first.receipt : null;
    expect(receipt).toBe('1');
    await notifyDesktop({ title: 'two', body: '', tag: 'p-1', replaces: receipt }, env);
    expect(desktop.shown.map(({ title, replaces }) => [title, replaces])).toEqual([
      ['one', 0],
      ['two', 1],
    ]);
  });

  test('a desktop whose bus is gone is a failure that says so', async ({ desktop: _ }) => {
    const env = { ...OWN, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' };
    const notice = { title: 'T', body: '', tag: 'p-1', replaces: null };
    expect(await notifyDesktop(notice, env)).toEqual({
      shown: false,
      problem: expect.stringMatching(/^notify-send failed: /),
    });
  });
});
