/** Commands of the owner in a sandbox of bubblewrap. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findExecutable } from '../../src/machine/executable.ts';
import {
  HIDDEN_PLACES,
  probeSandbox,
  type SandboxedPlace,
  sandboxCommand,
} from '../../src/machine/sandbox.ts';
import { sandboxHere } from '../../src/machine/sandbox-probe.ts';

const env = { PATH: process.env.PATH };
const probe = await probeSandbox(env);
const bwrap = findExecutable('bwrap', env.PATH) ?? '';
const root = realpathSync(mkdtempSync(join(tmpdir(), 'sandbox-')));
afterAll(() => rmSync(root, { recursive: true }));

const folder = join(root, 'state', 'worktree');
const secret = join(root, 'state', 'token');
mkdirSync(join(folder, '.git'), { recursive: true });
writeFileSync(secret, 'secret');
const PLACE: SandboxedPlace = {
  folder,
  readOnly: [join(folder, '.git')],
  hiddenFolders: [join(root, 'state')],
  hiddenFiles: [],
  network: false,
};

/** What the shell prints within. */
function run(command: string, place: Partial<SandboxedPlace> = {}): string {
  const [program = '', ...args] = sandboxCommand(bwrap, { ...PLACE, ...place });
  const { stdout, stderr } = spawnSync(program, [...args, '/bin/sh', '-c', command], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

describe.skipIf(!probe.works)('a sandbox (needs bwrap and socat)', () => {
  test('a command in a sandbox changes its folder, and nothing beside it', () => {
    run(
      `echo mine > mine; touch .git/config; touch ${join(root, 'beside')}; test -w /usr && touch not-read-only`,
    );
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine\n');
    expect(existsSync(join(folder, '.git', 'config'))).toBe(false);
    expect(existsSync(join(root, 'beside'))).toBe(false);
    expect(existsSync(join(folder, 'not-read-only'))).toBe(false);
  });

  test('a command in a sandbox sees none of the hidden folder but its own, and cannot read a hidden file', () => {
    expect(run(`cat ${secret} || ls ${join(root, 'state')}`)).toMatch(/^worktree\ncat: .*No such file/);
    expect(run('cat mine 2>&1 || echo closed', { hiddenFiles: [join(folder, 'mine')] })).toContain('closed');
  });

  test('a command in a sandbox may not change the settings of the kernel, also as root, and has no capability', () => {
    expect(run('test -w /proc/sys/kernel/core_pattern || echo closed')).toBe('closed\n');
    expect(run('grep CapEff /proc/self/status')).toMatch(/CapEff:\s+0+$/m);
  });

  test('a command in a sandbox sees no process and no network but its own, unless it may use the network', () => {
    expect(run('ls /proc | grep -c "^[0-9]"').trim()).toMatch(/^[1-6]$/);
    const own = readlinkSync('/proc/self/ns/net');
    expect(run('readlink /proc/self/ns/net').trim()).not.toBe(own);
    expect(run('readlink /proc/self/ns/net', { network: true }).trim()).toBe(own);
  });

  test('a command in a sandbox finds the places of sockets empty', () => {
    for (const place of HIDDEN_PLACES.filter((one) => existsSync(one)))
      expect(run(`find ${place} -type s`)).toBe('');
  });

  test('a command in a sandbox hands on its exit code', () => {
    const [program = '', ...args] = sandboxCommand(bwrap, PLACE);
    expect(spawnSync(program, [...args, '/bin/sh', '-c', 'exit 7'], { env }).status).toBe(7);
  });
});

describe('the look for a sandbox', () => {
  test('the look for a sandbox names what is not installed', async () => {
    const found = await probeSandbox({ PATH: root });
    expect(found).toMatchObject({ works: false });
    if (process.platform === 'linux')
      expect(found).toEqual({ works: false, reason: 'bwrap and socat are not installed' });
  });

  test.skipIf(process.platform !== 'linux')(
    'the look for a sandbox tells why a program that is there starts none, and looks again after ten seconds',
    async () => {
      const programs = join(root, 'programs');
      mkdirSync(programs);
      const write = (name: string, text: string) =>
        writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      write('socat', 'exit 0');
      write('bwrap', 'echo "bwrap: No permissions to create new namespace" >&2; exit 1');
      const broken = await sandboxHere({ PATH: programs }, 0);
      expect(broken).toMatchObject({ works: false, reason: expect.stringContaining('No permissions') });
      write('bwrap', 'exit 0');
      expect(await sandboxHere({ PATH: programs }, 9_999)).toEqual(broken);
      expect(await sandboxHere({ PATH: programs }, 10_000)).toMatchObject({ works: true });
    },
  );
});
