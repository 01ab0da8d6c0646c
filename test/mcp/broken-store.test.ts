import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { onWindows } from '../platform.ts';
import { code, desktop, rowsIn, stateFolder, type ToolCaller } from './rig.ts';

const PLAN = { plan_markdown: '# T' };

async function expectError(client: ToolCaller, words: RegExp): Promise<void> {
  const answer = await client.call('bridge_send_plan', PLAN);
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toMatch(/^ERROR: [^\n]+$/);
  expect(answer.text).toMatch(words);
}

async function expectWorks(client: ToolCaller): Promise<void> {
  const answer = await client.call('bridge_send_plan', PLAN);
  expect(answer.isError, answer.text).toBe(false);
}

describe('stores and configurations that cannot be used', () => {
  test('a state folder that is a file is reported, and tried again by the next call', async () => {
    const home = `${stateFolder()}/file`;
    writeFileSync(home, '');
    const client = await desktop(home);
    await expectError(client, /file[\\/]bridge\.db: the store cannot be written\. Check the permissions/);
    rmSync(home);
    await expectWorks(client);
  });

  test('a database that is something else is reported, left as it is, and tried again by the next call', async () => {
    const home = stateFolder();
    const file = `${home}/bridge.db`;
    writeFileSync(file, 'my letters '.repeat(100));
    const client = await desktop(home);
    await expectError(client, /not a bridge-supervisor database\. It was left as it is/);
    const worker = await code(home);
    expect((await worker.call('bridge_get_pending_plan')).text).toMatch(
      /^ERROR: .*not a bridge-supervisor database/,
    );
    expect(readFileSync(file, 'utf8')).toBe('my letters '.repeat(100));
    rmSync(file);
    await expectWorks(client);
    expect((await worker.call('bridge_get_pending_plan')).isError).toBe(false);
  });

  test('a database of a newer program is reported, and tried again by the next call', async () => {
    const home = stateFolder();
    await expectWorks(await desktop(home));
    const sqlite = new Sqlite(`${home}/bridge.db`);
    const schema = sqlite.pragma('user_version', { simple: true });
    const compatible = sqlite.prepare('SELECT compatible_from FROM meta').pluck().get();
    sqlite.exec('PRAGMA user_version = 9999; UPDATE meta SET compatible_from = 9999');
    const client = await desktop(home);
    await expectError(client, /written by a newer bridge-supervisor .* Upgrade bridge-supervisor/);
    sqlite.exec(`PRAGMA user_version = ${schema}; UPDATE meta SET compatible_from = ${compatible}`);
    sqlite.close();
    await expectWorks(client);
  });

  // Where there are no users there are no rights of this kind to take away.
  test.skipIf(onWindows)(
    'a state folder without the right to write is reported, and tried again by the next call (needs file modes)',
    async () => {
      const home = stateFolder();
      const client = await desktop(home);
      await expectWorks(client);
      const other = await desktop(home);
      const files = ['bridge.db', 'bridge.db-wal', 'bridge.db-shm'].map((name) => `${home}/${name}`);
      for (const file of files) chmodSync(file, 0o444);
      chmodSync(home, 0o555);
      await asNobody(() =>
        expectError(other, /the store cannot be written\. Check the permissions of this folder and file/),
      );
      chmodSync(home, 0o777);
      for (const file of files) chmodSync(file, 0o666);
      await expectWorks(other);
      expect(await rowsIn(home, 'projects')).toHaveLength(2);
    },
  );

  test('a configuration with a mistake is reported by sending a plan alone', async () => {
    const home = stateFolder();
    const client = await desktop(home);
    writeFileSync(`${home}/config.json`, '{"concurrency": "many"}');
    await expectError(client, /config.json: 'concurrency'/);
    expect((await client.call('bridge_list_projects')).isError).toBe(false);
    writeFileSync(`${home}/config.json`, '{');
    await expectError(client, /config.json is not valid JSON/);
    rmSync(`${home}/config.json`);
    await expectWorks(client);
  });

  test.skipIf(onWindows)(
    'a state folder that was moved away under a running server is opened again by the next call (open files can be moved)',
    async () => {
      const home = `${stateFolder()}/state`;
      const moved = `${home}-moved`;
      const client = await desktop(home);
      await expectWorks(client);
      renameSync(home, moved);
      const listed = await client.call('bridge_list_projects');
      expect(listed.facts.projects, listed.text).toEqual([]);
      await expectWorks(client);
      expect(await rowsIn(home, 'projects')).toHaveLength(1);
      expect(await rowsIn(moved, 'projects')).toHaveLength(1);
    },
  );

  test.skipIf(onWindows)(
    'a database that was taken out of its folder does not lose the plans beside it (open files can be moved)',
    async () => {
      const home = stateFolder();
      const client = await desktop(home);
      await expectWorks(client);
      for (const name of ['bridge.db', 'bridge.db-wal', 'bridge.db-shm'])
        rmSync(`${home}/${name}`, { force: true });
      await expectError(
        client,
        /bridge.db is missing or empty, but .*plans holds plans\. Nothing was created/,
      );
    },
  );
});

/** The rights of files do not bind root, who runs the tests in a container. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
