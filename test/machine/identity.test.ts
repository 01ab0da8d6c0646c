import { describe, expect, vi } from 'vitest';
import { identify, isAlive, isOlder } from '../../src/machine/identity.ts';
import { linuxProcesses } from '../../src/machine/processes-linux.ts';
import { parseMarked, psProcesses } from '../../src/machine/processes-ps.ts';
import { parseRows as parseCim } from '../../src/machine/processes-windows.ts';
import { eventually } from '../eventually.ts';
import { onLinux, onWindows } from '../platform.ts';
import { end, test } from './rig.ts';

test('a process is surely older only by a count of the same boot', () => {
  const at = (startedAt: string) => ({ pid: 1, startedAt });
  expect(isOlder(at('boot:9'), at('boot:10'))).toBe(true);
  expect(isOlder(at('boot:10'), at('boot:10'))).toBe(false);
  expect(isOlder(at('boot:9'), at('other:10'))).toBe(false);
  expect(isOlder(at('2026-01-01T00:00:00Z'), at('2026-01-01T00:01:00Z'))).toBe(false);
});

describe('process identity', () => {
  test('a living process is recognised again', async ({ rig }) => {
    const { child } = await rig.puppet();
    expect(await identify(child.identity.pid)).toEqual(child.identity);
    expect(await isAlive(child.identity)).toBe(true);
    child.write('exit 0');
    await child.exited;
    expect(await isAlive(child.identity)).toBe(false);
    expect(await identify(child.identity.pid)).toBeUndefined();
  });

  test('another process under a recycled pid is not recognised', async () => {
    const here = await identify(process.pid);
    expect(await isAlive({ pid: process.pid, startedAt: `${here?.startedAt}0` })).toBe(false);
  });

  test.skipIf(onWindows)('a zombie is dead (needs POSIX)', async ({ rig }) => {
    // The shell becomes a program that never asks about the child it inherits.
    const parent = await rig.child('sh', ['-c', 'exit 0 & exec sleep 1000']);
    const zombie = await eventually(async () => {
      const found = (await psProcesses.all()).find((row) => row.parent === parent.identity.pid && row.ended);
      expect(found).toBeDefined();
      return found;
    });
    expect(await identify(zombie?.pid ?? 0)).toBeUndefined();
    process.kill(parent.identity.pid, 'SIGKILL');
    await parent.exited;
  });
});

describe('process lists of every platform', () => {
  test.runIf(onLinux)('ps and /proc agree (needs Linux)', async ({ rig }) => {
    const { child, members } = await rig.puppet('then own-session');
    for (const { pid } of members) {
      const [fromPs, fromProc] = await Promise.all([psProcesses.one(pid), linuxProcesses.one(pid)]);
      expect({ ...fromPs, name: '', startedAt: '' }).toEqual({ ...fromProc, name: '', startedAt: '' });
      expect(fromProc?.name).toBe('node');
    }
    expect(await psProcesses.one(2 ** 22 - 1)).toBeUndefined();
    await end(...members);
    await child.exited;
  });

  test.skipIf(onWindows)('the process list leaves out the ps that made it (needs ps)', async () => {
    const children = (await psProcesses.all()).filter(({ parent }) => parent === process.pid);
    expect(children.map(({ name }) => name)).not.toContain('ps');
  });

  test.skipIf(onWindows)('ps gives the same start in every time zone (needs ps)', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const inTokyo = await psProcesses.one(process.pid);
    vi.stubEnv('TZ', 'America/New_York');
    const inNewYork = await psProcesses.one(process.pid);
    vi.unstubAllEnvs();
    expect(inTokyo?.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect(inNewYork).toEqual(inTokyo);
  });

  test('the mark is read from the environment that ps shows, not from the arguments', () => {
    const plain = '  10 node run.js\n  11 grep RUN=r1\n  12 node run.js\n  13 sh';
    const full =
      '  10 node run.js HOME=/ RUN=r1 X=1\n  11 grep RUN=r1 HOME=/\n  12 node run.js RUN=r10\n  13 sh A=1 RUN=r1';
    expect(parseMarked(plain, full, 'RUN=r1')).toEqual([10, 13]);
  });

  test('CIM gives processes, and a parent younger than its child is not its parent', () => {
    const cim = [
      { ProcessId: 0, ParentProcessId: 0, Name: 'System Idle Process', Started: null },
      { ProcessId: 40, ParentProcessId: 7, Name: 'claude.exe', Started: '2026-11-21T03:00:00.0000000Z' },
      { ProcessId: 41, ParentProcessId: 40, Name: 'node.exe', Started: '2026-11-21T03:00:01.5000000Z' },
      { ProcessId: 42, ParentProcessId: 41, Name: 'old.exe', Started: '2026-11-20T03:00:00.0000000Z' },
    ];
    expect(parseCim(JSON.stringify(cim)).map(({ pid, parent }) => [pid, parent])).toEqual([
      [0, 0],
      [40, 0],
      [41, 40],
      [42, 0],
    ]);
    expect(parseCim(JSON.stringify(cim[1]))[0]).toMatchObject({
      pid: 40,
      startedAt: '2026-11-21T03:00:00.0000000Z',
    });
    expect(parseCim('')).toEqual([]);
  });
});
