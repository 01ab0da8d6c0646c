/** Tokens of the HTTP API on the command line: printed once, kept as a digest, worth nothing after their end. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { credentialOf } from '../../src/bridge/credentials.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { rowsOf } from '../store/raw.ts';
import { test } from './rig.ts';

describe('token', () => {
  test('token add prints a token alone, rotate replaces it, revoke ends it, and the store has none of them', async ({
    rig,
  }) => {
    const added = await rig.run('token', 'add', 'phone', '--role', 'decide', '--expires', '30d');
    expect(added.stdout).toMatch(/^bst_[0-9a-f]{12}_[\w-]{43}\n$/);
    expect(added.stderr).toBe(
      'Keep it now: it is not shown again.\nThe HTTP API is off: set {"http": {"enabled": true}} in config.json, then: bridge-supervisor restart\n',
    );
    const bridge = await rig.bridge;
    const first = added.stdout.trim();
    expect(await credentialOf(bridge, first)).toMatchObject({ name: 'phone', role: 'decide' });

    await rig.configure({ http: { enabled: true } });
    const rotated = await rig.run('token', 'rotate', 'phone', '--json');
    expect(rotated.stderr).toBe('');
    const { token, credential } = OUTPUTS['token rotate'].parse(JSON.parse(rotated.stdout));
    expect(await credentialOf(bridge, first)).toBeUndefined();
    expect(await credentialOf(bridge, token)).toMatchObject({ name: 'phone', role: 'decide' });

    const listed = await rig.run('token', 'list', '--json');
    expect(OUTPUTS['token list'].parse(JSON.parse(listed.stdout))).toEqual([
      { ...credential, last_used_at: null },
    ]);
    const store = await readFile(join(rig.home, 'bridge.db'), 'latin1');
    const log = await readFile(join(rig.home, 'bridge.db-wal'), 'latin1').catch(() => '');
    for (const secret of [first, token]) expect(store + log).not.toContain(secret.slice(17));

    const revoked = await rig.run('token', 'revoke', 'phone');
    expect(revoked.stdout).toBe("The token 'phone' is revoked.\n");
    expect(await credentialOf(bridge, token)).toBeUndefined();
    expect((await rig.run('token', 'list')).stderr).toBe('There are no tokens.\n');
    const events = rowsOf(rig.home, 'events').map(({ type, data }) => `${type} ${data}`);
    expect(events).toEqual([
      expect.stringMatching(/^credential\.added \{"name":"phone","role":"decide","expiresAt":"/),
      'credential.rotated {"name":"phone"}',
      'credential.revoked {"name":"phone"}',
    ]);
  });

  test('token list shows names, roles and ends, and which have expired', async ({ rig }) => {
    await rig.run('token', 'add', 'ci', '--role', 'read', '--expires', '1ms');
    await rig.run('token', 'add', 'laptop', '--role', 'admin');
    const { stdout } = await rig.run('token', 'list');
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<time>')).toBe(
      'ci      read    made <time>, expired <time>\nlaptop  admin   made <time>\n',
    );
  });

  test.for([
    [['add', 'phone'], /required option '--role <role>' not specified/],
    [['add', 'phone', '--role', 'root'], /Allowed choices are read, decide, admin/],
    [['add', 'a b', '--role', 'read'], /a name is 1 to 40 letters, digits, .* 'a b' is none/],
    [['add', 'taken', '--role', 'read'], /there is a token named 'taken' already; rotate or revoke it/],
    [['add', 'x', '--role', 'read', '--expires', 'soon'], /must be a duration/],
    [['rotate', 'nobody'], /there is no token named 'nobody'/],
    [['revoke', 'nobody'], /there is no token named 'nobody'.*token list/],
  ] as const)('token %j is refused, and changes nothing', async ([args, words], { rig }) => {
    await rig.run('token', 'add', 'taken', '--role', 'read');
    const before = rowsOf(rig.home, 'credentials');
    const { code, stderr, stdout } = await rig.run('token', ...args);
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toMatch(words);
    expect(rowsOf(rig.home, 'credentials')).toEqual(before);
  });

  test('a run can make, replace and revoke no token', async ({ rig }) => {
    for (const args of [
      ['add', 'mine', '--role', 'admin'],
      ['rotate', 'mine'],
      ['revoke', 'mine'],
    ]) {
      const { code, stderr } = await rig.runWith(
        { env: { BRIDGE_RUN_ID: 'a00000000001' } },
        'token',
        ...args,
      );
      expect([code === 0, stderr]).toEqual([
        false,
        expect.stringContaining('a run cannot decide about work'),
      ]);
    }
  });
});
