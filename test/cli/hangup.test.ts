/** A hang-up, as a terminal sends it that is closed, to a supervisor in the foreground. */
import { existsSync } from 'node:fs';
import { describe, expect, test as plain } from 'vitest';
import { currentLease } from '../../src/bridge/lease.ts';
import { ignoresHangup } from '../../src/machine/hangup.ts';
import { eventually } from '../eventually.ts';
import { onLinux } from '../platform.ts';
import { type Rig, test } from './rig.ts';

const SCRIPT = '/usr/bin/script';

async function supervisorOf(rig: Rig): Promise<number> {
  return eventually(async () => {
    const pid = (await currentLease(await rig.bridge))?.pid;
    if (pid === undefined) throw new Error('it has not come up');
    return pid;
  });
}

describe.skipIf(!onLinux || !existsSync(SCRIPT))('hang-up on a terminal (of script(1), on Linux)', () => {
  const onTerminal = (rig: Rig, before: string) => {
    const command = `${before} ${rig.shellCommand} run; true`;
    // script(1) becomes the whole command; what the rig adds is nothing to it.
    return rig.start({ wrapper: ['sh', '-c', 'exec "$0" -qefc "$1" /dev/null', SCRIPT, command] });
  };

  test('a hang-up stops the supervisor gracefully', async ({ rig }) => {
    const { ended, stdout } = onTerminal(rig, '');
    process.kill(await supervisorOf(rig), 'SIGHUP');
    await ended;
    expect(stdout()).toContain('supervisor.stopped');
  });

  test("a hang-up that was ignored at the start, by trap '' HUP, stays ignored", async ({ rig }) => {
    const { ended, stdout } = onTerminal(rig, "trap '' HUP;");
    process.kill(await supervisorOf(rig), 'SIGHUP');
    const status = await rig.run('status');
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('running for') });
    expect(await rig.run('stop')).toMatchObject({ code: 0 });
    await ended;
    expect(stdout()).not.toContain('signal');
  });
});

plain.each([
  ['no terminal', { hasTerminal: false, isIgnoredAbove: false, env: {} }, true],
  ['a terminal', { hasTerminal: true, isIgnoredAbove: false, env: {} }, false],
  ['a terminal, below a shell that ignores it', { hasTerminal: true, isIgnoredAbove: true, env: {} }, true],
  ['a terminal, by nohup', { hasTerminal: true, isIgnoredAbove: false, env: { _: '/usr/bin/nohup' } }, true],
  ['a terminal, by npx', { hasTerminal: true, isIgnoredAbove: false, env: { _: '/usr/bin/npx' } }, false],
])('a process with %s: whether a hang-up is ignored is known', (_, traces, isIgnored) => {
  expect(ignoresHangup(traces)).toBe(isIgnored);
});
