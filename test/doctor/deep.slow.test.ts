/** `--deep` for real: the built program, the real claude, a scripted model, and an environment that must not get in. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Rig, test } from '../e2e/rig.ts';

/** A folder for temporary files inside the rig: what is left of them or of processes in them fails the test. */
async function temporary(rig: Rig): Promise<string> {
  const folder = join(rig.root, 'tmp');
  await mkdir(folder);
  rig.environment = { ...rig.environment, TMPDIR: folder };
  return folder;
}

/** Claude and Node keep caches of their own there. */
async function leftIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('bridge-'));
}

test('a whole plan goes through the real Claude; nothing is spent and nothing is left', async ({ rig }) => {
  const folder = await temporary(rig);
  // Would reach Claude, if it were given anything of the machine.
  rig.environment = { ...rig.environment, HTTPS_PROXY: 'http://127.0.0.1:1', ANTHROPIC_MODEL: 'not-a-model' };
  const before = await readFile(join(rig.home, 'bridge.db'));
  const { code, stdout, stderr } = await rig.command('doctor', 'program', '--deep', '--json');
  expect(stderr.split('\n').filter((line) => !line.startsWith('… '))).toEqual(['']);
  expect(stderr.split('\n').length).toBeGreaterThan(4);
  const { findings } = JSON.parse(stdout);
  expect(findings.at(-1)).toMatchObject({
    check: 'deep.loop',
    verdict: 'ok',
    message: expect.stringMatching(
      /^Sent, carried out, checked, repaired, rejected, revised, approved and merged in [\d.]+ s/,
    ),
  });
  expect(code).toBe(0);
  expect(rig.simulator.requests).toEqual([]);
  expect((await readFile(join(rig.home, 'bridge.db'))).equals(before)).toBe(true);
  expect(await leftIn(folder)).toEqual([]);
});

test('a Claude that breaks is a problem that names the step, and nothing is left', async ({ rig }) => {
  const folder = await temporary(rig);
  const claude = join(rig.root, 'broken-claude');
  await writeFile(claude, '#!/bin/sh\necho "Segmentation fault" >&2\nexit 139\n');
  await chmod(claude, 0o700);
  rig.environment = { ...rig.environment, BRIDGE_CLAUDE: claude };
  const { code, stdout } = await rig.command('doctor', 'program', '--deep', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout).findings.at(-1)).toMatchObject({
    check: 'deep.loop',
    verdict: 'problem',
    message: expect.stringMatching(/^The loop failed after: the supervisor and the server .* are up\. /),
  });
  expect(await leftIn(folder)).toEqual([]);
});

test('ctrl-c ends doctor --deep, with all that it has started', async ({ rig }) => {
  const folder = await temporary(rig);
  const doctor = rig.launch(['doctor', 'deep']);
  await expect.poll(() => leftIn(folder)).not.toEqual([]);
  expect(await doctor.end('SIGINT')).toEqual({ code: 130, signal: null });
  expect(await leftIn(folder)).toEqual([]);
});
