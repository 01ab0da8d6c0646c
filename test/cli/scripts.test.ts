/** Scripts on the command line: what may run, what ran, and how one is ended. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startScript } from '../../src/scripts/run-script.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { onWindows } from '../platform.ts';
import { granted, type Rig, test } from './rig.ts';

/** Lists these scripts, which are made. */
function owner({ home, root }: Rig, scripts: Readonly<Record<string, string>>, more: object = {}): string {
  const folder = join(root, 'owner');
  mkdirSync(folder, { recursive: true });
  mkdirSync(home, { recursive: true });
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const settings = { folder, allow: Object.keys(scripts), ...more };
  writeFileSync(join(home, 'config.json'), JSON.stringify({ scripts: settings }));
  return folder;
}

/** As a server does it. */
async function start(rig: Rig, script: string, args: readonly string[] = []) {
  const request = { script, args, timeoutMs: 60_000, cwd: undefined, key: undefined, asker: undefined };
  const stopping = new AbortController();
  const started = granted(
    await startScript(
      await rig.bridge,
      loadConfig(rig.home, {}),
      { PATH: process.env.PATH },
      request,
      stopping.signal,
    ),
  );
  return { id: started.run.id, finished: started.finished };
}

describe.skipIf(onWindows)('scripts on the command line (POSIX scripts)', () => {
  test('scripts list shows what may run, for whom, and what keeps one from running', async ({ rig }) => {
    expect((await rig.run('scripts', 'list')).stdout).toContain('No scripts are allowed');
    const folder = owner(
      rig,
      { 'a.sh': '#!/bin/sh\n# Say \u001b[31mhello.\n', 'open.sh': '#!/bin/sh\n' },
      { allow_in_runs: ['a.sh', 'gone.sh'] },
    );
    chmodSync(join(folder, 'open.sh'), 0o777);
    const { stdout } = await rig.run('scripts', 'list');
    expect(stdout).toContain('a.sh\n  Say hello.\n');
    expect(stdout).toContain('open.sh\n  script is not trusted');
    expect(stdout).toContain('gone.sh  (runs of the supervisor)\n  script does not exist');
    const json = JSON.parse((await rig.run('scripts', 'list', '--json')).stdout);
    expect(OUTPUTS['scripts list'].parse(json)).toHaveLength(4);
  });

  test('scripts runs and scripts show tell how each went, and show what it printed without hidden characters', async ({
    rig,
  }) => {
    expect((await rig.run('scripts', 'runs')).stdout).toBe('No script has run.\n');
    owner(rig, { 'x.sh': '#!/bin/sh\nprintf "out\\033[31m\\n$1\\n"; echo bad >&2; exit 3\n' });
    const { id, finished } = await start(rig, 'x.sh', ['two words', '$(id)']);
    await finished;
    const listed = (await rig.run('scripts', 'runs')).stdout;
    expect(listed).toContain(`${id}  x.sh 'two words' '$(id)'\n  exit code 3`);
    const shown = (await rig.run('scripts', 'show', id.slice(0, 4))).stdout;
    expect(shown).toContain('\nstdout\n  out\n  two words\n');
    expect(shown).toContain('\nstderr\n  bad\n');
    const json = JSON.parse((await rig.run('scripts', 'show', id, '--json')).stdout);
    expect(OUTPUTS['scripts show'].parse(json)).toMatchObject({ id, exit_code: 3, stderr: 'bad\n' });
    const runs = JSON.parse((await rig.run('scripts', 'runs', '--json')).stdout);
    expect(OUTPUTS['scripts runs'].parse(runs)).toMatchObject([{ id, args: ['two words', '$(id)'] }]);
  });

  test('scripts cancel ends a script that another process runs, and changes nothing of one that has ended', async ({
    rig,
  }) => {
    owner(rig, { 'slow.sh': '#!/bin/sh\nexec sleep 1000\n' });
    const { id, finished } = await start(rig, 'slow.sh');
    const cancelled = await rig.run('scripts', 'cancel', id, '--reason', 'enough', '--json');
    expect(OUTPUTS['scripts cancel'].parse(JSON.parse(cancelled.stdout))).toMatchObject({
      state: 'cancelled',
      cancel_reason: 'enough',
    });
    await finished;
    expect((await rig.run('scripts', 'cancel', id)).stdout).toContain('cancelled: enough');
  });

  test.for(['ffff', 'xyz', '12'])('a run that is not there is said not to be: %s', async (id, { rig }) => {
    for (const command of ['show', 'cancel']) {
      const refused = await rig.run('scripts', command, id);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('scripts runs');
    }
  });

  test('a run of the supervisor is refused scripts cancel', async ({ rig }) => {
    const env = { BRIDGE_RUN_ID: '0123456789ab', BRIDGE_PROJECT_ID: '0123456789ab' };
    const refused = await rig.runWith({ env }, 'scripts', 'cancel', 'ffff');
    expect(refused.stderr).toContain('a run cannot decide about work');
  });
});
