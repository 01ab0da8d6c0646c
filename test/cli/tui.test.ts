/** The terminal UI at the supervisor of its own machine: how it is let in, and that nothing of that is left. */
import { mkdir } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { credentials } from '../../src/bridge/credentials.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { hasTerminal, openTerminal, PROMPT, TUI } from '../tui/terminal.ts';
import { test } from './rig.ts';

const inTerminal = test.skipIf(!hasTerminal);

describe('tui', () => {
  inTerminal(
    'tui makes itself a token, tells a lost supervisor with what to do, and takes the token back',
    async ({ rig }) => {
      const port = await freePort();
      await rig.configure({ http: { enabled: true, port } });
      await mkdir(rig.home, { recursive: true });
      await using terminal = await openTerminal({ columns: 100, env: { BRIDGE_HOME: rig.home } });
      await terminal.run(TUI);
      await terminal.shows('○ lost', 'No supervisor runs', 'bridge-supervisor start');
      expect(await credentials(await rig.bridge)).toEqual([]);
      const first = rig.start({}, 'run');
      await terminal.shows('● live', 'terminal (admin)', 'No plan yet');
      expect(await credentials(await rig.bridge)).toMatchObject([
        { name: 'terminal', kind: 'token', role: 'admin' },
      ]);
      first.child.kill('SIGKILL');
      await terminal.shows('○ lost', 'Trying again');
      rig.start({}, 'run');
      await terminal.shows('● live');
      await terminal.press('q');
      await terminal.shows(PROMPT);
      await eventually(async () => expect(await credentials(await rig.bridge)).toEqual([]));
    },
  );

  test('tui refuses a call that can show nothing, and says what to do', async ({ rig }) => {
    const piped = await rig.run('tui');
    expect([piped.code, piped.stderr]).toEqual([
      1,
      'bridge-supervisor: the terminal UI needs a terminal for its input and its output. For programs and pipes: bridge-supervisor status --json, or watch --json\n',
    ]);
    for (const [args, words] of [
      [['--url', 'ftp://box'], '--url must be an http or https address'],
      [['--url', 'https://me:word@box'], '--url must be an http or https address without user and password'],
      [
        ['--url', 'https://box.example'],
        "--url needs a token, in a file (option '--token-file') or in BRIDGE_API_TOKEN",
      ],
      [['--token-file', 'x'], "'--token-file' goes with '--url'"],
      [['--ca', 'x'], "'--ca' goes with '--url'"],
      [['--url', 'http://box', '--ca', 'x'], "'--ca' is for https, and http://box has no certificate"],
      [['--role', 'owner'], 'Allowed choices are read, decide, admin'],
    ] as const) {
      const { code, stderr } = await rig.run('tui', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
  });
});
