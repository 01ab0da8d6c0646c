/** An address is opened where somebody sits before the machine, and nowhere else. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCall } from '../../src/machine/open-url.ts';
import { onWindows } from '../platform.ts';

const URL = 'http://127.0.0.1:7823/#signin=bsl_$(touch x)&y';

test('macOS opens an address by open, Windows by the handler of its own folder, each as one argument', () => {
  expect(openCall(URL, {}, 'macos')).toEqual({ command: '/usr/bin/open', args: [URL] });
  const { command, args } = openCall(URL, { SystemRoot: 'C:\\Windows' }, 'windows') ?? {};
  expect(command).toMatch(/^C:\\Windows.System32.rundll32\.exe$/);
  expect(args).toEqual(['url.dll,FileProtocolHandler', URL]);
});

test.skipIf(onWindows)(
  'Linux opens an address by the xdg-open of PATH, where a display is (needs file modes)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'open-'));
    const opener = join(folder, 'xdg-open');
    await writeFile(opener, '#!/bin/sh\n', { mode: 0o755 });
    for (const display of [{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }])
      expect(openCall(URL, { PATH: folder, ...display }, 'linux')).toEqual({ command: opener, args: [URL] });
    expect(openCall(URL, { PATH: folder }, 'linux')).toBeUndefined();
    expect(openCall(URL, { PATH: '/nowhere', DISPLAY: ':0' }, 'linux')).toBeUndefined();
    await rm(folder, { recursive: true });
  },
);

test.each([
  'linux',
  'macos',
  'windows',
  'other-unix',
] as const)('an address is not opened over ssh: %s', (platform) => {
  const env = {
    SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 22',
    DISPLAY: 'localhost:10.0',
    PATH: process.env.PATH,
  };
  expect(openCall(URL, env, platform)).toBeUndefined();
});
