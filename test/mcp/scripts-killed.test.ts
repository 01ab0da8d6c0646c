/** Scripts whose server is killed, or whose client goes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { findMarked } from '../../src/machine/sweep.ts';
import { SCRIPT_MARK } from '../../src/project/script.ts';
import { settleScripts } from '../../src/scripts/settle-scripts.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { ownersFolder } from './owner-scripts.ts';
import { openStore, SERVE, ServerProcess, scripts } from './rig.ts';

/** Goes on after a broken pipe, and so does a grandchild that has left its session. */
const STUBBORN = [
  '#!/bin/sh',
  "trap '' TERM PIPE HUP INT",
  'echo x >> runs',
  'setsid sh -c "trap \'\' TERM; while :; do sleep 0.2; done" &',
  'while :; do sleep 0.2; echo tick; done',
].join('\n');

async function runningServer() {
  const owner = ownersFolder();
  owner.write('stubborn.sh', STUBBORN);
  owner.allow(['stubborn.sh']);
  const env = { BRIDGE_HOME: owner.home, PATH: process.env.PATH ?? '' };
  const server = new ServerProcess([...SERVE, 'scripts'], env);
  await server.initialize();
  const asked = { script: 'stubborn.sh', timeout: 500, idempotency_key: 'k' };
  server.send('tools/call', { name: 'run_script', arguments: asked });
  const bridge = await openStore(owner.home);
  const rows = () => databaseOf(bridge).read.selectFrom('script_runs').selectAll().execute();
  const id = await eventually(async () => {
    const [row] = await rows();
    if (row === undefined) throw new Error('nothing was begun');
    // The script, its sleep, and its grandchild.
    expect((await findMarked(SCRIPT_MARK, row.id)).length).toBeGreaterThan(2);
    return row.id;
  });
  return { ...owner, bridge, server, asked, id, rows };
}

test.skipIf(onWindows)(
  'a script whose server was killed is ended with its grandchildren by the next server, is indeterminate, and is not run again',
  async () => {
    const { home, folder, server, asked, id } = await runningServer();
    server.kill('SIGKILL');
    await server.exit;
    expect((await findMarked(SCRIPT_MARK, id)).length).toBeGreaterThan(1);
    const next = await scripts(home);
    const again = await next.call('run_script', asked);
    expect(again.facts).toMatchObject({
      operation_id: id,
      status: 'indeterminate',
      exit_code: -4,
      idempotent_replay: true,
      message: expect.stringContaining('not retried'),
    });
    expect(await findMarked(SCRIPT_MARK, id)).toEqual([]);
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('x\n');
  },
);

test.skipIf(onWindows)(
  'a script whose server was killed is settled once, whoever looks at the same time',
  async () => {
    const { home, bridge, server, id, rows } = await runningServer();
    server.kill('SIGKILL');
    await server.exit;
    const other = await openStore(home);
    await Promise.all([settleScripts(bridge), settleScripts(other)]);
    expect(await rows()).toMatchObject([{ id, state: 'indeterminate' }]);
    const ends = await databaseOf(bridge)
      .read.selectFrom('events')
      .selectAll()
      .where('type', '=', 'script.ended')
      .execute();
    expect(ends).toHaveLength(1);
    expect(await findMarked(SCRIPT_MARK, id)).toEqual([]);
  },
);

test.skipIf(onWindows)('a script of a server that lives is left alone by whoever looks', async () => {
  const { bridge, server, id, rows } = await runningServer();
  expect(await settleScripts(bridge)).toEqual([]);
  expect(await rows()).toMatchObject([{ id, state: 'running' }]);
  server.endInput();
  await server.exit;
});

test.skipIf(onWindows).each(['SIGTERM', 'SIGINT', 'end of input'] as const)(
  'a server that ends by %s ends its scripts first, and records it',
  async (how) => {
    const { folder, server, id, rows } = await runningServer();
    if (how === 'end of input') server.endInput();
    else server.kill(how);
    await server.exit;
    expect(await findMarked(SCRIPT_MARK, id)).toEqual([]);
    expect(await rows()).toMatchObject([{ state: 'cancelled' }]);
    expect((await rows())[0]?.stdout).toContain('tick');
    expect(existsSync(join(folder, 'runs'))).toBe(true);
  },
);
