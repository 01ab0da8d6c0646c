/** Copies of the store, and that a lost one is noticed. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBridge } from '../../src/bridge/bridge.ts';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { projects } from '../../src/bridge/queries.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { systemClock } from '../../src/clock.ts';
import { backUp, restore } from '../../src/store/sqlite/backup.ts';
import { migrate, numberOf } from '../../src/store/sqlite/migrate.ts';
import { onWindows } from '../platform.ts';

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
  home = join(folder, 'state');
});
afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }));

const anywhere = { workspaces: {}, workspace_roots: [] };

async function send(title: string): Promise<void> {
  const bridge = await openBridge(home, systemClock);
  const sent = await sendPlan(bridge, anywhere, { markdown: `# ${title}\nGo.` }, 'person');
  await bridge.close();
  expect(sent.ok).toBe(true);
}

async function titles(): Promise<string[]> {
  const bridge = await openBridge(home, systemClock);
  const found = await projects(bridge, { limit: 10, oldestFirst: true });
  await bridge.close();
  return found.map(({ title }) => title);
}

describe('backup and restore', () => {
  test('a backup made while the store is open and written has everything committed before', async () => {
    const bridge = await openBridge(home, systemClock);
    await sendPlan(bridge, anywhere, { markdown: '# One\nGo.' }, 'person');
    const copy = join(folder, 'copy.db');
    await backUp(home, copy);
    await sendPlan(bridge, anywhere, { markdown: '# Two\nGo.' }, 'person');
    await bridge.close();
    expect(await titles()).toEqual(['One', 'Two']);
    const { aside } = await restore(home, copy, 'aside.db');
    expect(await titles()).toEqual(['One']);
    expect(aside && existsSync(aside)).toBe(true);
  });

  test('a restore keeps the old store, which can itself be restored', async () => {
    await send('One');
    await backUp(home, join(folder, 'copy.db'));
    await send('Two');
    const { aside } = await restore(home, join(folder, 'copy.db'), 'aside.db');
    await restore(home, aside ?? '', 'again.db');
    expect(await titles()).toEqual(['One', 'Two']);
  });

  test('an event after a restore has an id that no event had before, in what was lost too', async () => {
    const eventsOf = async () => {
      const bridge = await openBridge(home, systemClock);
      const { events } = await changesSince(bridge, BEGINNING, { waitMs: 0, limit: 100 });
      await bridge.close();
      return events.map(({ id }) => id);
    };
    await send('One');
    const copy = join(folder, 'copy.db');
    await backUp(home, copy);
    const kept = await eventsOf();
    const seen = new Set(kept);
    for (const aside of ['first.db', 'second.db']) {
      await send('Lost');
      for (const id of await eventsOf()) seen.add(id);
      await restore(home, copy, aside);
      expect(await eventsOf()).toEqual(kept);
      await send('New');
      const later = (await eventsOf()).slice(kept.length);
      expect(later).not.toEqual([]);
      for (const id of later) expect(seen).not.toContain(id);
      for (const id of later) seen.add(id);
    }
  });

  test.skipIf(onWindows)(
    'a restore refuses the next write of whoever has the old store open (open files can be moved)',
    async () => {
      await send('One');
      await backUp(home, join(folder, 'copy.db'));
      const bridge = await openBridge(home, systemClock);
      await restore(home, join(folder, 'copy.db'), 'aside.db');
      await expect(sendPlan(bridge, anywhere, { markdown: '# Lost\nGo.' }, 'person')).rejects.toThrow(
        'replaced',
      );
      await bridge.close();
    },
  );

  test('a backup does not overwrite a file in its way', async () => {
    await send('One');
    writeFileSync(join(folder, 'taken'), 'precious');
    await expect(backUp(home, join(folder, 'taken'))).rejects.toThrow('already exists');
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('precious');
  });

  test('a backup without a folder for it, or without a store, says so', async () => {
    const folderless = join(folder, 'nowhere', 'copy.db');
    await expect(backUp(home, join(folder, 'copy.db'))).rejects.toThrow(
      `${join(home, 'bridge.db')} does not exist: nothing was sent yet. Check BRIDGE_HOME.`,
    );
    await send('One');
    await expect(backUp(home, folderless)).rejects.toThrow(
      `${folderless}: the folder does not exist. Create it, or name another file.`,
    );
  });

  test('a restore tells a file that is no copy from a store that is broken', async () => {
    await send('One');
    const text = join(folder, 'plan.md');
    writeFileSync(text, '# A plan, and no database. '.repeat(100));
    const said = (copy: string) => restore(home, copy, 'aside.db').catch(({ message }) => message);
    expect(await said(join(folder, 'gone.db'))).toBe(
      `${join(folder, 'gone.db')}: the file does not exist. Check the path.`,
    );
    expect(await said(folder)).toBe(`${folder} is not a file. Name one that 'backup' has written.`);
    expect(await said(text)).toBe(
      `${text} is not a backup of bridge-supervisor. Name a file that 'backup' has written.`,
    );
    expect(await titles()).toEqual(['One']);
  });

  test.for([
    'damaged',
    'empty',
    'of another program',
    'missing',
  ])('a copy that is %s restores nothing', async (kind) => {
    await send('One');
    const copy = join(folder, 'copy.db');
    if (kind === 'damaged') {
      await backUp(home, copy);
      truncateSync(copy, 8192);
    }
    if (kind === 'empty') writeFileSync(copy, '');
    if (kind === 'of another program') new Sqlite(copy).exec('CREATE TABLE theirs (id)').close();
    await expect(restore(home, copy, 'aside.db')).rejects.toThrow(copy);
    expect(await titles()).toEqual(['One']);
    expect(readdirSync(home).filter((name) => name.includes('part') || name.includes('aside'))).toEqual([]);
  });
});

describe('lost database', () => {
  test.for([
    'missing',
    'empty',
  ])('a database that is %s beside sent plans is refused, and nothing is created', async (kind) => {
    await send('One');
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(home, `bridge.db${suffix}`), { force: true });
    if (kind === 'empty') writeFileSync(join(home, 'bridge.db'), '');
    const before = readdirSync(home);
    await expect(openBridge(home, systemClock)).rejects.toThrow('missing or empty');
    expect(readdirSync(home)).toEqual(before);
  });
});

describe('migration', () => {
  test('a database that holds something is copied before its schema changes', () => {
    const file = join(folder, 'old.db');
    const sqlite = new Sqlite(file);
    migrate(sqlite, file, ['CREATE TABLE a (x)']);
    sqlite.exec('INSERT INTO a VALUES (1)');
    migrate(sqlite, file, ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y']);
    expect(numberOf(sqlite, 'PRAGMA user_version')).toBe(2);
    sqlite.close();
    const copy = new Sqlite(`${file}.schema-1.bak`, { readonly: true });
    expect(copy.prepare('SELECT * FROM a').all()).toEqual([{ x: 1 }]);
    copy.close();
  });

  test('a failed migration leaves the database at its old schema', () => {
    const file = join(folder, 'old.db');
    const sqlite = new Sqlite(file);
    migrate(sqlite, file, ['CREATE TABLE a (x)']);
    expect(() => migrate(sqlite, file, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)', 'nonsense'])).toThrow();
    expect(numberOf(sqlite, 'PRAGMA user_version')).toBe(1);
    expect(sqlite.prepare("SELECT name FROM sqlite_schema WHERE name = 'b'").all()).toEqual([]);
    sqlite.close();
  });
});
