/** The folder of a cowork-to-code bridge on the command line: its record is taken over, its scripts are only named. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { type Rig, test } from './rig.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const NOW_S = Math.floor(Date.now() / 1_000);

/** As such a bridge leaves it. */
function coworkFolder({ root }: Rig): string {
  const folder = join(root, 'cowork');
  const write = (path: string, text: unknown) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), typeof text === 'string' ? text : JSON.stringify(text));
  };
  const command = (id: string, more: object) => ({
    id,
    token: TOKEN,
    ts_submitted: NOW_S - 60,
    args: [],
    ...more,
  });
  write('.env', `BRIDGE_TOKEN=${TOKEN}\n`);
  write('scripts/ping.sh', '#!/bin/sh\n# Say pong.\necho pong\n');
  write('scripts/mcp_register.sh', '#!/bin/sh\n');
  write('scripts/notes.txt', '');
  write('processed/1_a.json', command('1_a', { script: 'scripts/ping.sh', args: ['x', 7] }));
  write('results/1_a.json', {
    id: '1_a',
    exit_code: 0,
    stdout: `pong \u001b[31mAPI_TOKEN=${TOKEN}\n`,
    stderr: '',
    ts_completed: NOW_S - 50,
  });
  for (const [index, code] of [-1, -2, -3, -4, -5, -6, 3].entries()) {
    write(`processed/2_${index}.json`, command(`2_${index}`, { script: 'scripts/ping.sh' }));
    const end = { exit_code: code, stdout: '', stderr: '', error: 'why', ts_completed: NOW_S - 40 };
    write(`results/2_${index}.json`, end);
  }
  write('results/3_old.json', { exit_code: 0, stdout: '', stderr: '', ts_completed: NOW_S - 100 * 86_400 });
  write('queue/4_q.json', command('4_q', { script: 'scripts/ping.sh' }));
  write('queue/5_bad.json', '{"script": ');
  write('queue/6_list.json', '[]');
  write('to_cowork/7_t.json', { request: 'Do it.' });
  symlinkSync('/etc/passwd', join(folder, 'queue', '8_link.json'));
  return folder;
}

/** Of everything in it, with times. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(folder, name);
    const { mtimeMs, size } = statSync(path);
    hash.update(`${name} ${mtimeMs} ${size}`);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

async function runs(rig: Rig) {
  return JSON.parse((await rig.run('scripts', 'runs', '--limit', '100', '--json')).stdout);
}

describe('import of a cowork-to-code bridge', () => {
  test('the record of such a bridge is taken over once, and what waited there is not run; the folder stays as it is', async ({
    rig,
  }) => {
    const folder = coworkFolder(rig);
    const before = digestOf(folder);
    const dry = JSON.parse((await rig.run('import', folder, '--dry-run', '--json')).stdout);
    expect(OUTPUTS.import.parse(dry)).toEqual({
      dry_run: true,
      file: folder,
      kind: 'cowork-to-code-bridge',
      scripts: ['mcp_register.sh', 'ping.sh'],
      runs: 10,
      added: 9,
      too_old: 1,
      tasks: 1,
      unreadable: 3,
    });
    expect(await runs(rig)).toEqual([]);
    const done = JSON.parse((await rig.run('import', folder, '--json')).stdout);
    expect(done).toEqual({ ...dry, dry_run: false });
    const states = (await runs(rig)).map(({ state }: { state: string }) => state).toSorted();
    expect(states).toEqual(
      [
        ...['cancelled', 'cancelled', 'ended', 'ended', 'indeterminate'],
        ...['not_started', 'not_started', 'not_started', 'timed_out'],
      ].toSorted(),
    );
    expect(JSON.parse((await rig.run('import', folder, '--json')).stdout).added).toBe(0);
    expect(await runs(rig)).toHaveLength(9);
    expect(digestOf(folder)).toBe(before);
  });

  test('no token of it is kept, and no script of it may run by itself', async ({ rig }) => {
    const folder = coworkFolder(rig);
    const { stdout } = await rig.run('import', folder);
    expect(stdout).toContain('mcp_register.sh, ping.sh');
    expect(stdout).toContain("'scripts' in config.json");
    const shown = JSON.stringify(await runs(rig));
    const [{ id }] = (await runs(rig)).filter(({ args }: { args: unknown[] }) => args.length > 0);
    const one = (await rig.run('scripts', 'show', id, '--json')).stdout;
    expect(JSON.parse(one)).toMatchObject({ script: 'ping.sh', args: ['x', '7'], exit_code: 0 });
    expect(one).toContain('pong API_TOKEN=[redacted]');
    for (const text of [shown, one, readdirSync(rig.home).join()]) expect(text).not.toContain(TOKEN);
    expect((await rig.run('scripts', 'list')).stdout).toContain('No scripts are allowed');
  });

  test('a folder that is none of such a bridge is refused', async ({ rig }) => {
    const refused = await rig.run('import', rig.root);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
  });
});
