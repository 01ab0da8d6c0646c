/** What `--fix` changes, and what it leaves alone. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startNextRun } from '../../src/bridge/claim.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { createEnding } from '../../src/bridge/ended-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { recordSpawn } from '../../src/bridge/runs.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { RUN_MARK } from '../../src/claude/environment.ts';
import { holdLease, type Rig, shown, TOKEN, test } from './rig.ts';

/** A run that has ended, by its id. */
async function endedRun(rig: Rig): Promise<string> {
  let id = '';
  await rig.withBridge(async (bridge) => {
    const policy = { workspaces: {}, workspace_roots: [rig.root] };
    await sendPlan(bridge, policy, { markdown: '# Something to do' }, 'person');
    const started = await startNextRun(
      { bridge, token: TOKEN },
      { model: 'opus', newSessionId: () => 'session-1' },
    );
    if (!started) throw new Error('no project is ready');
    id = started.run.id;
    await recordSpawn({ bridge, token: TOKEN }, started.run, 4_000_000, 'never');
    await endRun({ bridge, token: TOKEN }, started.run, { kind: 'no_completion' }, createEnding(0));
  });
  return id;
}

async function agedFile(path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, 'half of it');
  await utimes(path, 1e9, 1e9);
}

const verdicts = ['warning', 'problem'];

test('doctor --fix applies every safe fix, and a second run finds nothing', async ({ rig }) => {
  const run = await endedRun(rig);
  const left = spawn('sleep', ['1000'], { env: { ...rig.machine.env, [RUN_MARK]: run }, stdio: 'ignore' });
  const ended = once(left, 'exit');
  const secret = join(rig.home, 'runs', `${run}.mcp.json`);
  await mkdir(join(rig.home, 'runs'));
  await writeFile(secret, '{}', { mode: 0o600 });
  await agedFile(join(rig.home, 'plans', '0123.md.1234.tmp'));
  await writeFile(join(rig.home, 'fresh.1234.tmp'), 'on its way');
  await writeFile(join(rig.home, 'start.log'), '');
  await truncate(join(rig.home, 'start.log'), 20e6);
  await writeFile(join(rig.home, 'config.schema.json'), '{}');
  await writeFile(join(rig.home, 'token'), 'secret');
  await chmod(join(rig.home, 'token'), 0o644);
  await chmod(rig.home, 0o755);

  const found = await rig.doctor();
  expect(
    found.filter(({ fix, verdict }) => fix && verdicts.includes(verdict)).map(({ check }) => check),
  ).toEqual([
    'folder.rights',
    'folder.secrets',
    'config.schema',
    'logs.output',
    'leftovers.processes',
    'leftovers.drafts',
    'leftovers.secrets',
  ]);

  const broken = found.filter(({ verdict }) => verdicts.includes(verdict));
  expect(shown(rig, broken)).toMatchSnapshot('found');

  const fixed = await rig.doctor([], true);
  expect(
    shown(
      rig,
      fixed.filter(({ verdict }) => verdict === 'fixed'),
    ),
  ).toMatchSnapshot('fixed');
  expect(fixed.filter(({ verdict }) => verdict === 'fixed').map(({ message }) => message)).toEqual([
    `Made ${rig.home} private (mode 700).`,
    `Made ${rig.home}/token private (mode 600).`,
    'Updated config.schema.json.',
    `Emptied ${rig.home}/start.log.`,
    `Killed 1 process of run ${run}.`,
    'Removed 1 half-written file.',
    'Removed 1 MCP configuration of ended runs.',
  ]);
  await ended;
  expect(await readdir(rig.home)).toContain('fresh.1234.tmp');
  expect((await stat(rig.home)).mode & 0o777).toBe(0o700);

  const again = await rig.doctor();
  expect(again.filter(({ verdict }) => !['ok', 'skipped'].includes(verdict))).toEqual([]);
});

test('doctor --fix changes nothing through a link, and removes no file that is not a draft of ours', async ({
  rig,
}) => {
  const prey = join(rig.root, 'prey');
  await writeFile(prey, 'mine');
  await chmod(prey, 0o644);
  for (const name of ['start.log', 'token']) await symlink(prey, join(rig.home, name));
  const mine = ['letter.tmp', 'film.part', 'plans/letter.tmp'];
  for (const name of mine) await agedFile(join(rig.home, name));

  const findings = await rig.doctor([], true);
  for (const check of ['folder.secrets', 'logs.output'])
    expect(findings).toContainEqual(
      expect.objectContaining({
        check,
        verdict: expect.stringMatching(/problem|warning/),
        message: expect.stringMatching(/The fix failed: .* is a link/),
      }),
    );
  expect(await readFile(prey, 'utf8')).toBe('mine');
  expect((await stat(prey)).mode & 0o777).toBe(0o644);
  for (const name of mine) expect(await readFile(join(rig.home, name), 'utf8')).toBe('half of it');
});

test('doctor --fix checkpoints a large write-ahead log of the database', async ({ rig }) => {
  const { default: Sqlite } = await import('better-sqlite3');
  const reader = new Sqlite(join(rig.home, 'bridge.db'));
  await rig.withBridge(async (bridge) => {
    reader.prepare('SELECT count(*) FROM events').get();
    const reason = 'x'.repeat(1_000_000);
    await databaseOf(bridge).write(async ({ trx }) => {
      for (let hold = 0; hold < 70; hold++)
        await trx
          .insertInto('holds')
          .values({
            kind: 'usage_limit',
            subject: 'account:',
            scope: String(hold),
            reason,
            since: '',
            until: '2999',
            source: 'run',
          })
          .execute();
    });
  });
  const [log] = (await rig.doctor(['database'], true)).filter(({ check }) => check === 'database.log');
  reader.close();
  expect(log).toMatchObject({ verdict: 'fixed' });
  expect(shown(rig, log ? [log] : [])).toMatchSnapshot();
  const [after] = (await rig.doctor(['database'])).filter(({ check }) => check === 'database.log');
  expect(after).toMatchObject({ verdict: 'ok' });
});

test('doctor --fix leaves a damaged database, workspaces and the files of Claude as they are', async ({
  rig,
}) => {
  const database = join(rig.home, 'bridge.db');
  await writeFile(database, 'garbage '.repeat(5_000));
  await writeFile(join(rig.workspace, 'changed'), '');
  await mkdir(join(rig.root, '.claude'));
  await writeFile(join(rig.root, '.claude', 'old.tmp'), '');
  const before = await readFile(database);
  const findings = await rig.doctor([], true);
  expect(findings).toContainEqual(expect.objectContaining({ check: 'database.file', verdict: 'problem' }));
  expect(findings).toContainEqual(expect.objectContaining({ check: 'workspaces.git', verdict: 'warning' }));
  expect((await readFile(database)).equals(before)).toBe(true);
  expect(await readdir(join(rig.root, '.claude'))).toEqual(['old.tmp']);
  expect((await readdir(rig.workspace)).sort()).toEqual(['.git', 'changed']);
});

test('a fix that fails says why', async ({ rig }) => {
  const { runChecks } = await import('../../src/doctor/run-checks.ts');
  const { warning } = await import('../../src/doctor/check.ts');
  const fix = () => Promise.reject(new Error('the disk is read-only.'));
  const check = { name: 'a', subject: 'a', run: async () => warning('a', 'It is open.', { fix }) };
  const { signal } = new AbortController();
  const options = { clock: rig.machine.clock, signal, fix: true };
  expect(await runChecks([{ name: 'test', title: 'Test', checks: [check] }], options)).toMatchObject([
    { verdict: 'warning', message: 'It is open. The fix failed: the disk is read-only.' },
  ]);
});

test('a process of a run without a supervisor is reported, and left to the next supervisor', async ({
  rig,
}) => {
  let id = '';
  await rig.withBridge(async (bridge) => {
    const policy = { workspaces: {}, workspace_roots: [rig.root] };
    await sendPlan(bridge, policy, { markdown: '# Something to do' }, 'person');
    const started = await startNextRun(
      { bridge, token: TOKEN },
      { model: 'opus', newSessionId: () => 'session-1' },
    );
    id = started?.run.id ?? '';
    await holdLease(bridge, { pid: 4_000_000 });
  });
  const claude = spawn('sleep', ['1000'], { env: { ...rig.machine.env, [RUN_MARK]: id }, stdio: 'ignore' });
  const ended = once(claude, 'exit');
  try {
    const [finding] = (await rig.doctor(['leftovers'], true)).filter(
      ({ check }) => check === 'leftovers.processes',
    );
    expect(finding).toMatchObject({
      verdict: 'warning',
      message: `Run ${id} continues without a supervisor: sleep (pid ${claude.pid}).`,
    });
    expect(shown(rig, finding ? [finding] : [])).toMatchSnapshot();
    expect(claude.exitCode).toBeNull();
  } finally {
    claude.kill('SIGKILL');
    await ended;
  }
});
