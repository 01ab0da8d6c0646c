import * as fs from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { onWindows } from '../platform.ts';
import { test } from './rig.ts';

describe('log', () => {
  test('the log has a line in the file when the call returns, readable only by its owner', ({ rig }) => {
    const log = rig.open();
    log.info('run.started', { pid: 1 }, 'hello');
    expect(fs.readFileSync(rig.path, 'utf8')).toMatch(/^\S+Z INFO {2}run\.started pid=1 "hello"\n$/);
    if (!onWindows) expect(fs.statSync(rig.path).mode & 0o777).toBe(0o600);
    expect(log.health()).toEqual({ ok: true, waiting: 0, dropped: 0 });
  });

  test('the log writes lines of its level and above, in order, with the fields of a child logger', async ({
    rig,
  }) => {
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

  test('the log continues in the same file after a restart, even after a cut-off last line', async ({
    rig,
  }) => {
    const first = rig.open();
    first.info('before');
    await first.close();
    await first.close();
    first.info('after.close');
    fs.appendFileSync(rig.path, '2026-11-21T03:04:05.678Z INFO  torn proj');
    rig.open().info('after');
    expect(rig.events()).toEqual(['before', 'torn', 'after']);
  });

  test('the log mirrors every line until the reader is gone', async ({ rig }) => {
    const mirror = new PassThrough();
    const log = rig.open({ mirror });
    log.info('one');
    expect(String(mirror.read())).toMatch(/ one\n$/);
    mirror.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise((resolve) => mirror.once('close', resolve));
    log.info('two');
    expect(rig.events()).toEqual(['one', 'two']);
  });

  test('a null log writes nothing', () => {
    expect(() => silentLog.child({ a: 1 }).error('nothing')).not.toThrow();
  });
});
