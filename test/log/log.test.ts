import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test as base, describe, expect, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type LogOptions, type OpenLog, openLog, silentLog } from '../../src/log.ts';

interface Rig {
  folder: string;
  path: string;
  open(options?: Partial<LogOptions>): OpenLog;
  /** The event names in the file, or in one put aside. */
  events(number?: number): string[];
}

const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'log-'));
    const path = join(folder, 'loop.log');
    const logs: OpenLog[] = [];
    await use({
      folder,
      path,
      open(options) {
        const log = openLog({ path, clock: patientClock(), ...options });
        logs.push(log);
        return log;
      },
      events: (number) => eventsIn(number === undefined ? path : `${path}.${number}`),
    });
    for (const log of logs) await log.close();
    fs.rmSync(folder, { recursive: true });
  },
});

/** Tries again only when somebody asks, so that a test decides when. */
function patientClock(): Clock {
  return {
    ...systemClock,
    sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  };
}

function eventsIn(path: string): string[] {
  const lines = fs.readFileSync(path, 'utf8').split('\n');
  expect(lines.pop(), 'the file ends with a whole line').toBe('');
  return lines.map((line) => line.split(/ +/)[2] ?? '');
}

describe('the log', () => {
  test('has a line in the file when the call returns, readable by nobody else', ({ rig }) => {
    const log = rig.open();
    log.info('run.started', { pid: 1 }, 'hello');
    expect(fs.readFileSync(rig.path, 'utf8')).toMatch(/^\S+Z INFO {2}run\.started pid=1 "hello"\n$/);
    if (process.platform !== 'win32') expect(fs.statSync(rig.path).mode & 0o777).toBe(0o600);
    expect(log.health()).toEqual({ ok: true, waiting: 0, dropped: 0 });
  });

  test('writes what is important enough, in order, and adds the fields of a child', async ({ rig }) => {
    const log = rig.open({ level: 'warn' });
    const run = log.child({ project: 'p1' }).child({ run: 'r1' });
    run.error('a');
    run.warn('b', { run: 'r2' });
    run.info('c');
    run.debug('d');
    await log.flush();
    const text = fs.readFileSync(rig.path, 'utf8');
    expect(text).toMatch(/ERROR a project=p1 run=r1\n.* WARN {2}b project=p1 run=r2\n$/);
  });

  test('goes on in the same file after a restart, also when the last line was cut off', async ({ rig }) => {
    const first = rig.open();
    first.info('before');
    await first.close();
    await first.close();
    first.info('after.close');
    fs.appendFileSync(rig.path, '2026-11-21T03:04:05.678Z INFO  torn proj');
    rig.open().info('after');
    expect(rig.events()).toEqual(['before', 'torn', 'after']);
  });

  test('mirrors every line until the reader is gone', async ({ rig }) => {
    const mirror = new PassThrough();
    const log = rig.open({ mirror });
    log.info('one');
    expect(String(mirror.read())).toMatch(/ one\n$/);
    mirror.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise((resolve) => mirror.once('close', resolve));
    log.info('two');
    expect(rig.events()).toEqual(['one', 'two']);
  });

  test('can be one that goes nowhere', () => {
    expect(() => silentLog.child({ a: 1 }).error('nothing')).not.toThrow();
  });
});

describe('a log that grows', () => {
  test('is put aside at its size, and the oldest is removed', ({ rig }) => {
    const log = rig.open({ maxBytes: 120, maxFiles: 2 });
    for (const event of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) log.info(event, {}, 'x'.repeat(20));
    expect(rig.events()).toEqual(['g']);
    expect(rig.events(1)).toEqual(['e', 'f']);
    expect(rig.events(2)).toEqual(['c', 'd']);
    expect(fs.readdirSync(rig.folder).sort()).toEqual(['loop.log', 'loop.log.1', 'loop.log.2']);
  });

  test('counts what an earlier process wrote', async ({ rig }) => {
    fs.writeFileSync(rig.path, `2026-11-21T03:04:05.678Z INFO  old ${'x'.repeat(100)}\n`);
    rig.open({ maxBytes: 100 }).info('new');
    expect(rig.events()).toEqual(['new']);
    expect(rig.events(1)).toEqual(['old']);
  });

  test('with a smaller count removes the older ones', ({ rig }) => {
    for (const number of [1, 2, 3, 12]) fs.writeFileSync(`${rig.path}.${number}`, '');
    fs.writeFileSync(`${rig.path}.bak`, '');
    const log = rig.open({ maxBytes: 50, maxFiles: 1 });
    log.info('a', {}, 'x'.repeat(20));
    log.info('b', {}, 'x'.repeat(20));
    expect(fs.readdirSync(rig.folder).sort()).toEqual(['loop.log', 'loop.log.1', 'loop.log.bak']);
  });

  test('grows on when it cannot be put aside, and loses no older file', ({ rig }) => {
    const log = rig.open({ maxBytes: 50 });
    fs.mkdirSync(`${rig.path}.1`);
    fs.writeFileSync(join(`${rig.path}.1`, 'in the way'), '');
    for (const event of ['a', 'b', 'c']) log.info(event, {}, 'x'.repeat(20));
    expect(log.health().ok).toBe(true);
    const files = fs.readdirSync(rig.folder);
    const kept = files.filter((name) => fs.statSync(join(rig.folder, name)).isFile());
    expect(kept.flatMap((name) => eventsIn(join(rig.folder, name))).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('a log whose file is taken away', () => {
  test('begins a new one when it was deleted', ({ rig }) => {
    const log = rig.open();
    log.info('before');
    fs.rmSync(rig.path);
    log.info('after');
    expect(rig.events()).toEqual(['after']);
  });

  test('begins a new one when another program moved it', ({ rig }) => {
    const log = rig.open();
    log.info('before');
    fs.renameSync(rig.path, `${rig.path}.moved`);
    expect(log.health().ok).toBe(true);
    log.info('after');
    expect(rig.events()).toEqual(['after']);
    expect(eventsIn(`${rig.path}.moved`)).toEqual(['before']);
  });

  test('says so while its folder is gone, and writes what waited when the folder is back', ({ rig }) => {
    const folder = join(rig.folder, 'state');
    const path = join(folder, 'loop.log');
    const log = rig.open({ path });
    log.info('before.the.folder');
    expect(log.health()).toMatchObject({ ok: false, waiting: 1, error: expect.stringContaining('ENOENT') });
    fs.mkdirSync(folder);
    expect(log.health()).toEqual({ ok: true, waiting: 0, dropped: 0 });
    fs.rmSync(folder, { recursive: true });
    log.info('without.the.folder');
    fs.mkdirSync(folder);
    log.info('after');
    expect(eventsIn(path)).toEqual(['without.the.folder', 'after']);
  });

  test('tries again by itself', async ({ rig }) => {
    const path = join(rig.folder, 'state', 'loop.log');
    const log = rig.open({
      path,
      clock: { ...systemClock, sleep: () => new Promise((go) => setTimeout(go, 1)) },
    });
    log.info('waits');
    fs.mkdirSync(join(rig.folder, 'state'));
    await vi.waitFor(() => expect(eventsIn(path)).toEqual(['waits']), 20_000);
  });

  test('keeps the first thousand lines, and says how many it lost', ({ rig }) => {
    const path = join(rig.folder, 'state', 'loop.log');
    const log = rig.open({ path });
    for (let line = 1; line <= 1_234; line++) log.info(`line.${line}`);
    expect(log.health()).toMatchObject({ ok: false, waiting: 1_000, dropped: 234 });
    fs.mkdirSync(join(rig.folder, 'state'));
    log.health();
    log.info('after');
    const events = eventsIn(path);
    expect(events.slice(0, 2)).toEqual(['line.1', 'line.2']);
    expect(events.slice(-3)).toEqual(['line.1000', 'log.dropped', 'after']);
    expect(fs.readFileSync(path, 'utf8')).toMatch(
      /WARN {2}log\.dropped lines=234 since=\S+ "234 lines dropped .*ENOENT/,
    );
  });

  test.skipIf(process.getuid?.() === 0)('says so while it may not write there', ({ rig }) => {
    const log = rig.open();
    fs.rmSync(rig.path);
    fs.chmodSync(rig.folder, 0o500);
    log.info('waits');
    expect(log.health()).toMatchObject({ ok: false, waiting: 1, error: expect.stringContaining('EACCES') });
    fs.chmodSync(rig.folder, 0o700);
    log.info('after');
    expect(rig.events()).toEqual(['waits', 'after']);
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(canMount)('a log on a disk that fills up', () => {
  test('says so, keeps running, and goes on with whole lines when there is space again', async ({ rig }) => {
    const disk = join(rig.folder, `disk-${randomUUID()}`);
    fs.mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const path = join(disk, 'loop.log');
      const log = rig.open({ path });
      log.info('before');
      const filler = fs.openSync(join(disk, 'filler'), 'w');
      expect(() => fs.writeFileSync(filler, Buffer.alloc(100_000))).toThrow('ENOSPC');
      fs.closeSync(filler);
      for (let line = 0; line < 200; line++) log.info(`during.${line}`, {}, 'x'.repeat(90));
      const health = log.health();
      expect(health).toMatchObject({ ok: false, dropped: 0, error: expect.stringContaining('ENOSPC') });
      expect(health.waiting).toBeGreaterThan(100);
      fs.rmSync(join(disk, 'filler'));
      log.info('after');
      expect(log.health()).toEqual({ ok: true, waiting: 0, dropped: 0 });
      const whole = new Set(eventsIn(path));
      for (let line = 0; line < 200; line++) expect(whole).toContain(`during.${line}`);
      expect([...whole].at(-1)).toBe('after');
      await log.close();
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
