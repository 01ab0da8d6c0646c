/** Receivers on the command line: tried out, listed, and nothing secret is shown. */
import { describe, expect } from 'vitest';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { startReceiver } from '../notify/receiver.ts';
import { test } from './rig.ts';

describe('notify', () => {
  test('notify test reaches each receiver with constant words, and says which it could not reach', async ({
    rig,
  }) => {
    await using receiver = await startReceiver();
    await rig.configure({
      notify: [
        { via: 'webhook', url: receiver.url },
        { via: 'slack', name: 'team', url: { env: 'NOT_SET' } },
      ],
    });
    const tested = await rig.run('notify', 'test');
    expect(tested).toMatchObject({ code: 1, stdout: 'webhook: sent by webhook.\n' });
    expect(tested.stderr).toBe(
      'bridge-supervisor: team could not be reached by slack: the variable NOT_SET is not set\n',
    );
    expect(receiver.received[0]?.json).toMatchObject({
      type: 'test',
      data: { title: 'A test', text: 'Notifications reach you here.' },
    });
    const one = await rig.run('notify', 'test', 'webhook', '--json');
    expect(OUTPUTS['notify test'].parse(JSON.parse(one.stdout))).toEqual([
      { name: 'webhook', via: 'webhook', sent: true, problem: null },
    ]);
    expect(tested.stdout + tested.stderr + one.stdout).not.toContain('5f3a');
  });

  test('notify test of a name that none has names those there are', async ({ rig }) => {
    await rig.configure({ notify: [{ via: 'os' }] });
    expect((await rig.run('notify', 'test', 'phone')).stderr).toBe(
      'bridge-supervisor: there is no receiver of this name; there are: os. See docs/notifications.md.\n',
    );
  });

  test('notify list shows who is notified and how that goes, without an address', async ({ rig }) => {
    await rig.configure({ notify: [{ via: 'webhook', url: 'https://a.example/5f3a' }, { via: 'os' }] });
    const { stdout } = await rig.run('notify', 'list');
    expect(stdout).toBe(
      'os\n  by os · new: told from the next start on\nwebhook\n  by webhook · new: told from the next start on\n',
    );
    const listed = await rig.run('notify', 'list', '--json');
    expect(
      OUTPUTS['notify list'].parse(JSON.parse(listed.stdout)).receivers.map(({ state }) => state),
    ).toEqual(['new', 'new']);
    expect(stdout + listed.stdout).not.toContain('a.example');
  });

  test('notify list says that nobody is notified where nobody is', async ({ rig }) => {
    expect((await rig.run('notify', 'list')).stderr).toBe(
      "Nobody is notified: config.json has no 'notify'.\n",
    );
  });
});
