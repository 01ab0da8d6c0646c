/** What holds a person's plans is for that person alone, whatever the umask, and is never put in another's place. */
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bridge, openBridge } from '../../src/bridge/bridge.ts';
import { projects } from '../../src/bridge/queries.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { backUp, restore } from '../../src/store/sqlite/backup.ts';
import { inspectDatabase } from '../../src/store/sqlite/inspect.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { createDraft, publish } from '../../src/store/sqlite/private-file.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { onWindows } from '../platform.ts';
import { canTrace, traced } from '../traced.ts';

let folder: string;
let home: string;
let umask: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'private-'));
  home = join(folder, 'state');
  umask = process.umask();
});
afterEach(async () => {
  process.umask(umask);
  await rm(folder, { recursive: true, maxRetries: 5 });
});

const anywhere = { workspaces: {}, workspace_roots: [] };

async function withStore<T>(work: (bridge: Bridge) => Promise<T>): Promise<T> {
  const bridge = await openBridge(home, systemClock);
  try {
    return await work(bridge);
  } finally {
    await bridge.close();
  }
}

const send = (title: string) =>
  withStore((bridge) => sendPlan(bridge, anywhere, { markdown: `# ${title}\nGo.` }, 'person'));

const titles = () =>
  withStore(async (bridge) =>
    (await projects(bridge, { limit: 10, oldestFirst: true })).map(({ title }) => title),
  );

/** Rights of everything in a folder, by name. */
function rights(of: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(of).map((name) => [name, (statSync(join(of, name)).mode & 0o777).toString(8)]),
  );
}

describe.skipIf(onWindows)('permissions (need file modes)', () => {
  test.each([
    0o000, 0o022, 0o077,
  ])('the umask %o leaves the database, its log, plans and copies for their owner alone', async (mask) => {
    process.umask(mask);
    await withStore(async (bridge) => {
      await sendPlan(bridge, anywhere, { markdown: '# One\nGo.' }, 'person');
      expect(rights(home)).toEqual({
        'bridge.db': '600',
        'bridge.db-wal': '600',
        'bridge.db-shm': '600',
        plans: '700',
        status: '700',
      });
    });
  });

  test('a copy, what is restored from it, and what was there before are for their owner alone', async () => {
    process.umask(0);
    await send('One');
    await backUp(home, join(folder, 'copy.db'));
    expect(rights(folder)['copy.db']).toBe('600');
    chmodSync(join(folder, 'copy.db'), 0o644);
    await restore(home, join(folder, 'copy.db'), 'bridge.db.aside');
    expect(rights(home)).toMatchObject({ 'bridge.db': '600', 'bridge.db.aside': '600' });
  });

  test('a copy made before the schema changes is for its owner alone', () => {
    process.umask(0);
    const file = join(folder, 'old.db');
    const sqlite = new Sqlite(file);
    migrate(sqlite, file, ['CREATE TABLE a (x)']);
    migrate(sqlite, file, ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y']);
    sqlite.close();
    expect(rights(folder)['old.db.schema-1.bak']).toBe('600');
    expect(readdirSync(folder).sort()).toEqual(['old.db', 'old.db.schema-1.bak']);
  });

  test('a file that an older version left open to others is closed when the store is opened', async () => {
    await send('One');
    const open = ['bridge.db', 'bridge.db.schema-1.bak', 'bridge.db.before-restore-x', 'plans', 'status'];
    for (const name of open) {
      if (!existsSync(join(home, name))) writeFileSync(join(home, name), '');
      chmodSync(join(home, name), 0o755);
    }
    await withStore(async () => {
      for (const [name, mode] of Object.entries(rights(home)))
        expect([name, Number.parseInt(mode, 8) & 0o077]).toEqual([name, 0]);
    });
  });

  test('the database of another program is left as it is', async () => {
    mkdirSync(home);
    const file = join(home, 'bridge.db');
    new Sqlite(file).exec('CREATE TABLE theirs (id)').close();
    chmodSync(file, 0o644);
    await expect(openDatabase(home, systemClock)).rejects.toThrow('another program');
    expect(rights(home)).toEqual({ 'bridge.db': '644' });
  });
});

describe('files of a backup', () => {
  test.skipIf(onWindows)(
    'a backup touches nothing but its own name: neither a file FILE.part nor what a link there leads to (needs links)',
    async () => {
      await send('One');
      const copy = join(folder, 'copy.db');
      writeFileSync(join(folder, 'prey'), 'precious');
      symlinkSync(join(folder, 'prey'), `${copy}.part`);
      await backUp(home, copy);
      expect(readFileSync(join(folder, 'prey'), 'utf8')).toBe('precious');
      expect(lstatSync(copy).isFile()).toBe(true);
      expect(readdirSync(folder).sort()).toEqual(['copy.db', 'copy.db.part', 'prey', 'state']);
    },
  );

  test('a backup that finds a file under its name at the end leaves it, says so, and leaves nothing else', async () => {
    await send('One');
    const copy = join(folder, 'copy.db');
    const backup = vi.spyOn(Sqlite.prototype, 'backup').mockImplementation(async () => {
      writeFileSync(copy, 'precious');
      return { totalPages: 0, remainingPages: 0 };
    });
    await expect(backUp(home, copy)).rejects.toThrow(`${copy} already exists`);
    backup.mockRestore();
    expect(readFileSync(copy, 'utf8')).toBe('precious');
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'state']);
  });

  test.skipIf(onWindows)(
    'a backup is not written through a link that leads nowhere yet (needs links)',
    async () => {
      await send('One');
      symlinkSync(join(folder, 'elsewhere'), join(folder, 'copy.db'));
      await expect(backUp(home, join(folder, 'copy.db'))).rejects.toThrow('already exists');
      expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
    },
  );

  test('a backup without links takes its name first, and does not replace a file of that name', async () => {
    const link = vi.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('no links here'), { code: 'EPERM' });
    });
    syncBuiltinESMExports();
    try {
      const file = join(folder, 'a');
      publish(createDraft(file), file);
      expect(readdirSync(folder)).toEqual(['a']);
      const second = createDraft(file);
      expect(() => publish(second, file)).toThrow('EEXIST');
    } finally {
      link.mockRestore();
      syncBuiltinESMExports();
    }
  });
});

describe('files of a restore', () => {
  test('a restore brings what is still in the log of the copy', async () => {
    await send('One');
    const other = join(folder, 'other');
    await withStore(async (bridge) => {
      await sendPlan(bridge, anywhere, { markdown: '# Two\nGo.' }, 'person');
      mkdirSync(other);
      for (const suffix of ['', '-wal'])
        writeFileSync(join(other, `x.db${suffix}`), readFileSync(join(home, `bridge.db${suffix}`)));
    });
    await restore(home, join(other, 'x.db'), 'aside.db');
    expect(await titles()).toEqual(['One', 'Two']);
  });

  test('a restore leaves no log of another database beside the new one', async () => {
    await send('One');
    await backUp(home, join(folder, 'copy.db'));
    // A restore that ended between its steps: the database is aside, its log is not.
    await rm(join(home, 'bridge.db'));
    writeFileSync(join(home, 'bridge.db-wal'), 'the log of the old one');
    await restore(home, join(folder, 'copy.db'), 'aside.db');
    expect(readFileSync(join(home, 'aside.db-wal'), 'utf8')).toBe('the log of the old one');
    expect(await titles()).toEqual(['One']);
  });
});

describe('database with a second name', () => {
  test('a database with a second name is opened by nobody, under no name, and the refusal says how to repair it', async () => {
    await send('One');
    const twin = join(folder, 'twin');
    mkdirSync(twin);
    linkSync(join(home, 'bridge.db'), join(twin, 'bridge.db'));
    for (const folderOfOne of [home, twin]) {
      const before = readdirSync(folderOfOne);
      await expect(openDatabase(folderOfOne, systemClock)).rejects.toThrow(
        expect.objectContaining({
          problem: 'linked',
          message: expect.stringMatching(/bridge\.db: this file has 2 names.*backup COPY.*restore COPY/),
        }),
      );
      expect(readdirSync(folderOfOne)).toEqual(before);
    }
    const database = inspectDatabase(home);
    expect(database?.linked).toMatch(/2 names/);
    await database?.close();
  });

  test('a database with a second name is repaired by restoring a backup; the other name keeps the old file', async () => {
    await send('One');
    linkSync(join(home, 'bridge.db'), join(folder, 'snapshot.db'));
    await expect(send('Two')).rejects.toThrow(StoreError);
    await backUp(home, join(folder, 'copy.db'));
    await restore(home, join(folder, 'copy.db'), 'aside.db');
    await send('Two');
    expect(await titles()).toEqual(['One', 'Two']);
    expect(statSync(join(folder, 'snapshot.db')).nlink).toBe(2);
  });
});

describe.skipIf(!canTrace)('power loss (needs strace)', () => {
  const module = new URL('../../src/store/sqlite/backup.ts', import.meta.url);
  const calls = (call: string) =>
    traced(
      `const { backUp, restore } = await import(${JSON.stringify(module.href)}); await ${call};`,
      folder,
    );

  test('a backup is on disk before it gets its name, and its name before the command says so', async () => {
    await send('One');
    const copy = join(folder, 'copy.db');
    const asked = calls(`backUp(${JSON.stringify(home)}, ${JSON.stringify(copy)})`);
    const link = asked.findIndex((line) => line.startsWith('link ') && line.endsWith(` ${copy}`));
    const draft = asked[link]?.split(' ')[1];
    expect(asked[link - 1]).toBe(`fsync ${draft}`);
    expect(asked.slice(link + 1)).toEqual([`fsync ${folder}`]);
  });

  test('a restore is on disk before it takes the place of the store', async () => {
    await send('One');
    await backUp(home, join(folder, 'copy.db'));
    const file = join(home, 'bridge.db');
    const asked = calls(
      `restore(${JSON.stringify(home)}, ${JSON.stringify(join(folder, 'copy.db'))}, 'aside.db')`,
    );
    const link = asked.findIndex((line) => line.startsWith('link ') && line.endsWith(` ${file}`));
    const draft = asked[link]?.split(' ')[1];
    expect(asked).toContain(`rename ${file} ${join(home, 'aside.db')}`);
    expect(asked.slice(link - 2)).toEqual([
      `fsync ${home}`,
      `fsync ${draft}`,
      `link ${draft} ${file}`,
      `fsync ${home}`,
    ]);
  });
});
