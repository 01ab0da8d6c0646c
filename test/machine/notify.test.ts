/** Notifications on the desktop: what is called on each system, whatever a title says. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notifyDesktop, notifyProgram, whyNoNotifications } from '../../src/machine/notify/os.ts';
import type { RunProgram } from '../../src/machine/program.ts';
import { onWindows } from '../platform.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notify-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const NOTICE = {
  title: '-h "$(touch pwned)" \'`; <b>',
  body: '--help & <i>x</i> \\n %s $HOME',
  tag: `p-${'a'.repeat(100)}`,
  replaces: null,
};

/** What is called, without calling it. */
async function callsOn(
  platform: 'linux' | 'macos' | 'windows' | 'other-unix',
  replaces: string | null = null,
) {
  const calls: {
    command: string;
    args: readonly string[];
    env: Readonly<Record<string, string | undefined>>;
  }[] = [];
  const run: RunProgram = async (command, args, { env }) => {
    calls.push({ command, args, env });
    return { code: 0, stdout: '7\n', stderr: '', failure: null };
  };
  const shown = await notifyDesktop({ ...NOTICE, replaces }, { SystemRoot: 'C:\\Windows' }, run, platform);
  return { shown, calls };
}

describe('desktop', () => {
  test('Linux is notified by notify-send, with the texts after `--`, and the number of what is replaced', async () => {
    const { shown, calls } = await callsOn('linux', '7');
    expect(shown).toEqual({ shown: true, receipt: '7' });
    expect(calls).toEqual([
      {
        command: 'notify-send',
        args: [
          ...['--app-name=bridge-supervisor', '--print-id', '--replace-id=7', '--'],
          ...[NOTICE.title, '--help &amp; &lt;i&gt;x&lt;/i&gt; \\\\n %s $HOME'],
        ],
        env: { SystemRoot: 'C:\\Windows' },
      },
    ]);
  });

  test('macOS is notified by a constant script, with the texts as its arguments', async () => {
    const [first] = (await callsOn('macos')).calls;
    expect(first?.command).toBe('/usr/bin/osascript');
    expect(first?.args.slice(-3)).toEqual(['--', NOTICE.title, NOTICE.body]);
    expect(first?.args.slice(0, -3).join('\n')).not.toContain('pwned');
  });

  test('Windows is notified by a constant script, with the texts in variables', async () => {
    const [first] = (await callsOn('windows')).calls;
    const script = Buffer.from(first?.args.at(-1) ?? '', 'base64').toString('utf16le');
    expect(script).toContain('CreateTextNode($env:BRIDGE_NOTICE_TITLE)');
    expect(script).not.toContain('pwned');
    expect(first?.env).toMatchObject({ BRIDGE_NOTICE_TITLE: NOTICE.title, BRIDGE_NOTICE_BODY: NOTICE.body });
    expect(first?.env.BRIDGE_NOTICE_TAG).toHaveLength(64);
  });

  test('every system with a way to show notifications names its program', () => {
    expect(notifyProgram('linux')).toBe('notify-send');
    expect(notifyProgram('windows', { SystemRoot: 'C:\\Windows' })).toContain('powershell.exe');
  });

  test.skipIf(onWindows)(
    'notify-send of old (needs a POSIX shell), which knows no numbers, is called without them',
    async () => {
      const script = `#!/bin/sh
case "$*" in *--print-id*) echo 'Unknown option --print-id' >&2; exit 1;; esac
printf '%s\\n' "$@" > '${folder}/args'`;
      await writeFile(join(folder, 'notify-send'), script);
      await chmod(join(folder, 'notify-send'), 0o755);
      const env = { PATH: [folder, process.env.PATH].join(delimiter) };
      const shown = await notifyDesktop(NOTICE, env, undefined, 'linux');
      expect(shown).toEqual({ shown: true, receipt: null });
      expect((await readFile(join(folder, 'args'), 'utf8')).split('\n').slice(0, 3)).toEqual([
        '--app-name=bridge-supervisor',
        '--',
        NOTICE.title,
      ]);
    },
  );

  test('what keeps a desktop from showing anything is told, and nothing where it could', async () => {
    await writeFile(join(folder, 'notify-send'), '');
    await chmod(join(folder, 'notify-send'), 0o755);
    const session = { PATH: folder, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/bus' };
    expect(whyNoNotifications({}, 'linux')).toEqual({ why: 'not-installed', program: 'notify-send' });
    expect(whyNoNotifications({ PATH: folder }, 'linux')).toEqual({ why: 'no-session-bus' });
    expect(whyNoNotifications(session, 'linux')).toBeUndefined();
    expect(whyNoNotifications({ PATH: folder, XDG_RUNTIME_DIR: '/run/user/1' }, 'linux')).toBeUndefined();
  });

  test('a desktop without the program is told of by its name', async () => {
    expect(await notifyDesktop(NOTICE, { PATH: folder }, undefined, 'linux')).toEqual({
      shown: false,
      problem: 'there is no notify-send here',
    });
  });
});
