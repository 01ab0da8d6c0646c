/** What `install` promises, kept by a real systemd, the real claude, and a scripted model. */

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ProjectId } from '../../src/project/ids.ts';
import { createGate } from '../../src/simulator/gate.ts';
import { gated, hang, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, waitUntil } from '../e2e/rig.ts';
import { type Rig, test } from './installed-rig.ts';
import { whyNoSystemd } from './namespace.ts';

const why = await whyNoSystemd();
const RESTART_IMMEDIATELY = 'RestartSec=50ms';
const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });
/** Half of the work, a model that then says nothing more, and the other half when it is asked again. */
const halfWay = () =>
  sequence([bridgeCall('bridge_send_update', { message: 'Half way' }), hang(), submit(), say('ok')]);

async function install(service: Rig, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await service.command('install', ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

/** Sends a plan and waits until Claude is in the middle of it. */
async function inTheMiddle(service: Rig): Promise<ProjectId> {
  service.script = halfWay();
  const id = await service.send('# In the middle\nDo it.');
  await waitUntil(async () => service.asked().length === 2, 'the second request');
  return id;
}

describe.skipIf(why !== undefined)(`service of systemd, installed ${why ? `(${why})` : ''}`, () => {
  test('an installed service carries a plan out to its end without anybody starting anything', async ({
    service,
  }) => {
    expect(await install(service)).toContain('systemd user service bridge-supervisor-');
    const status = await service.command('status');
    expect(status.code).toBe(0);
    expect(status.stdout).toContain(`pid ${await service.pid()}`);
    expect(status.stdout).toContain('systemd user service bridge-supervisor-');

    service.script = sequence([submit(), say('ok')]);
    const id = await service.send('# Served\nDo it.');
    await service.until(id, 'awaiting_approval');
    await service.command('approve', id);
    await service.until(id, 'complete');
  });

  test('an installed service keeps what Claude needs to know in a file for the owner alone, and in no unit', async ({
    service,
  }) => {
    await install(service);
    const file = join(service.home, 'service.env');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('ANTHROPIC_API_KEY');
    const unit = await service.manager.systemctl('cat', 'bridge-supervisor*');
    expect(unit).not.toContain('ANTHROPIC');
    const shown = await service.manager.systemctl('show', 'bridge-supervisor*');
    expect(shown).not.toContain(service.environment.ANTHROPIC_API_KEY);
  });

  test('a service killed during a run is back by itself, and the run goes on in its session', async ({
    service,
  }) => {
    await install(service, '--no-start');
    await service.override(RESTART_IMMEDIATELY);
    await service.command('start');
    const id = await inTheMiddle(service);
    const pid = await service.pid();
    const [claude] = await service.claudes();
    process.kill(pid, 'SIGKILL');
    await service.otherThan(pid);
    const { runs, completions } = await service.until(id, 'awaiting_approval');
    expect(runs.map(({ kind }) => kind)).toEqual(['execute', 'resume']);
    expect(runs[0]?.outcome).toMatchObject({ kind: 'lost' });
    expect(runs[1]?.sessionId).toBe(runs[0]?.sessionId);
    expect(completions.length).toBe(1);
    expect((await service.claudes()).map((one) => one.pid)).not.toContain(claude?.pid);
  });

  test('a service stopped during a run leaves no process, and the next start goes on in the same session', async ({
    service,
  }) => {
    await install(service);
    const id = await inTheMiddle(service);
    expect(await service.command('stop')).toMatchObject({ code: 0, stderr: '' });
    expect(await service.claudes()).toEqual([]);
    const between = await service.details(id);
    expect(between.project).toMatchObject({ status: 'in_progress', tries: 0 });
    expect(between.runs[0]?.outcome).toEqual({ kind: 'interrupted' });
    expect((await service.command('status')).code).toBe(3);

    expect(await service.command('start')).toMatchObject({ code: 0, stderr: '' });
    const { runs } = await service.until(id, 'awaiting_approval');
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
  });

  test('a restarted service is another process that keeps working', async ({ service }) => {
    await install(service);
    const pid = await service.pid();
    expect(await service.command('restart')).toMatchObject({ code: 0, stderr: '' });
    expect(await service.otherThan(pid)).toBeGreaterThan(0);
    expect((await service.command('status')).code).toBe(0);
  });

  test('a service that ends too often stays down, and status says so with what clears it', async ({
    service,
  }) => {
    await install(service, '--no-start');
    await service.override(RESTART_IMMEDIATELY);
    await service.command('start');
    for (let starts = 1, pid = 0; starts <= 5; starts++) {
      pid = await service.otherThan(pid);
      process.kill(pid, 'SIGKILL');
    }
    await waitUntil(async () => (await service.pid()) === 0, 'the last one to be gone');
    await waitUntil(
      async () => (await service.command('status')).stdout.includes('too often'),
      'status to tell',
      async () => (await service.command('status')).stdout,
    );
    const { code, stdout } = await service.command('status');
    expect(code).toBe(3);
    expect(oneLine(stdout)).toMatch(/too often, last with SIGKILL.*bridge-supervisor start/);

    expect(await service.command('start')).toMatchObject({ code: 0, stderr: '' });
    expect((await service.command('status')).code).toBe(0);
  });

  test('a service with a configuration it cannot use is not restarted again and again', async ({
    service,
  }) => {
    await install(service, '--no-start');
    await service.override(RESTART_IMMEDIATELY);
    await service.command('start');
    const pid = await service.pid();
    await writeFile(join(service.home, 'config.json'), '{"concurrency": "many"}');
    process.kill(pid, 'SIGKILL');
    await waitUntil(
      async () =>
        (await service.manager.systemctl('show', 'bridge-supervisor*')).includes('ExecMainStatus=78'),
      'it to end with 78',
    );
    await waitUntil(async () => (await service.pid()) === 0, 'it to stay down');
    const { code, stdout, stderr } = await service.command('status');
    expect(code).toBe(3);
    expect(oneLine(stdout + stderr)).toContain('exit code 78');
    expect(oneLine(stdout + stderr)).toContain('concurrency');
  });

  test('a service installed by an older version is upgraded; installed twice, it is installed once', async ({
    service,
  }) => {
    await install(service);
    const [unit = ''] = await service.units();
    const path = join(service.environment.HOME ?? '', '.config/systemd/user', unit);
    const current = await readFile(path, 'utf8');
    await writeFile(
      path,
      current.replace(/version \S+,/, 'version 0.0.1,').replace('RestartSec=5', 'RestartSec=9'),
    );
    await service.manager.systemctl('daemon-reload');
    const pid = await service.pid();

    expect(await install(service)).toMatch(/0\.0\.1/);
    expect(await readFile(path, 'utf8')).toBe(current);
    const upgraded = await service.otherThan(pid);
    const again = await install(service);
    expect(again).not.toContain('0.0.1');
    expect(await service.pid()).toBe(upgraded);
    expect(await readFile(path, 'utf8')).toBe(current);
  });

  test('an uninstalled service leaves the state folder and nothing else', async ({ service }) => {
    await install(service);
    const before = await readdir(service.home);
    expect(await service.command('uninstall')).toMatchObject({ code: 0, stderr: '' });
    expect(await service.units()).toEqual([]);
    expect(await service.manager.systemctl('list-units', '--all', 'bridge*')).toContain('0 loaded units');
    const folder = join(service.environment.HOME ?? '', '.config');
    expect(await readdir(folder, { recursive: true })).toEqual(['systemd', join('systemd', 'user')]);
    // The database's helpers (-wal, -shm) come and go.
    const lasting = (names: string[]) => names.filter((name) => !name.includes('bridge.db-'));
    // A supervisor that has just begun makes its files one after the other.
    expect(await readdir(service.home)).toEqual(expect.arrayContaining(lasting(before)));
    expect((await service.command('status')).code).toBe(3);
    expect(await service.command('uninstall')).toMatchObject({ code: 0 });
  });

  test('an installed service replaces a background supervisor in the middle of a run', async ({
    service,
  }) => {
    const gate = createGate();
    service.script = sequence([gated(gate, submit()), say('ok')]);
    const id = await service.send('# Moved over\nDo it.');
    expect(await service.command('start')).toMatchObject({ code: 0 });
    await service.asks('Do it.');
    await install(service);
    expect((await service.command('status')).stdout).toContain(`pid ${await service.pid()}`);
    gate.open();
    service.script = sequence([submit(), say('ok')]);
    await service.until(id, 'awaiting_approval');
  });
});

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
