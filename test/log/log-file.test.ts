import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { eventually } from '../eventually.ts';
import { isRoot, onLinux, onWindows } from '../platform.ts';
import { eventsIn, test } from './rig.ts';

describe('log rotation', () => {
  test('the log rotates at its size limit and removes the oldest file', ({ rig }) => {
    const log = rig.open({ maxBytes: 120, maxFiles: 2 });
    for (const event of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) log.info(event, {}, 'x'.repeat(20));
    expect(rig.events()).toEqual(['g']);
    expect(rig.events(1)).toEqual(['e', 'f']);
    expect(rig.events(2)).toEqual(['c', 'd']);
    expect(fs.readdirSync(rig.folder).sort()).toEqual(['loop.log', 'loop.log.1', 'loop.log.2']);
  });

  test("the log's size includes what an earlier process wrote", async ({ rig }) => {
    fs.writeFileSync(rig.path, `2026-11-21T03:04:05.678Z INFO  old ${'x'.repeat(100)}\n`);
    rig.open({ maxBytes: 100 }).info('new');
    expect(rig.events()).toEqual(['new']);
    expect(rig.events(1)).toEqual(['old']);
  });

  test('a lower file count removes the older log files', ({ rig }) => {
    for (const number of [1, 2, 3, 12]) fs.writeFileSync(`${rig.path}.${number}`, '');
    fs.writeFileSync(`${rig.path}.bak`, '');
    const log = rig.open({ maxBytes: 50, maxFiles: 1 });
    log.info('a', {}, 'x'.repeat(20));
    log.info('b', {}, 'x'.repeat(20));
    expect(fs.readdirSync(rig.folder).sort()).toEqual(['loop.log', 'loop.log.1', 'loop.log.bak']);
  });

  test('the log keeps growing when rotation fails, and loses no older file', ({ rig }) => {
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

describe('a log whose file is removed', () => {
  test.skipIf(onWindows)('a deleted log file is created again (open files can be removed)', ({ rig }) => {
    const log = rig.open();
    log.info('before');
    fs.rmSync(rig.path);
    log.info('after');
    expect(rig.events()).toEqual(['after']);
  });

  test('a log file that another program moved is created again', ({ rig }) => {
    const log = rig.open();
    log.info('before');
    fs.renameSync(rig.path, `${rig.path}.moved`);
    expect(log.health().ok).toBe(true);
    log.info('after');
    expect(rig.events()).toEqual(['after']);
    expect(eventsIn(`${rig.path}.moved`)).toEqual(['before']);
  });

  test.skipIf(onWindows)(
    'the log reports a missing folder, and writes what waited when the folder is back (open files can be removed)',
    ({ rig }) => {
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
    },
  );

  test('the log retries a failed write by itself', async ({ rig }) => {
    const path = join(rig.folder, 'state', 'loop.log');
    const log = rig.open({
      path,
      clock: { ...systemClock, sleep: () => new Promise((go) => setTimeout(go, 1)) },
    });
    log.info('waits');
    fs.mkdirSync(join(rig.folder, 'state'));
    await eventually(() => expect(eventsIn(path)).toEqual(['waits']));
  });

  test('the log buffers the first thousand lines and counts the lost ones', ({ rig }) => {
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

  test.skipIf(onWindows || isRoot)(
    'the log reports a folder it may not write to (needs an ordinary user)',
    ({ rig }) => {
      const log = rig.open();
      fs.rmSync(rig.path);
      fs.chmodSync(rig.folder, 0o500);
      log.info('waits');
      expect(log.health()).toMatchObject({ ok: false, waiting: 1, error: expect.stringContaining('EACCES') });
      fs.chmodSync(rig.folder, 0o700);
      log.info('after');
      expect(rig.events()).toEqual(['waits', 'after']);
    },
  );
});

describe.runIf(onLinux && isRoot)('a log on a disk that fills up (needs root on Linux)', () => {
  test('a full disk is reported, and logging continues with whole lines when there is space again', async ({
    rig,
  }) => {
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
