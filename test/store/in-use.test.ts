import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { countByStatus, findProject } from '../../src/store/projects.ts';
import { onWindows } from '../platform.ts';
import { createRig } from '../rig.ts';
import { problemOf } from './problems.ts';
import { holdStore, storeFile } from './raw.ts';
import { addProject, id } from './rows.ts';

describe('database taken away while in use (open files can be moved)', () => {
  test.skipIf(onWindows).each<[string, (file: string) => void]>([
    ['deleted', (file) => rmSync(file)],
    ['moved', (file) => renameSync(file, `${file}.old`)],
    [
      'replaced by a copy',
      (file) => {
        copyFileSync(file, `${file}.copy`);
        renameSync(`${file}.copy`, file);
      },
    ],
  ])('a database taken away while in use is not written to any more: %s', async (_, take) => {
    await using rig = await createRig();
    const database = databaseOf(rig.bridge);
    await database.write(({ trx }) => addProject(trx, 1));
    take(storeFile(rig.home));
    const error = await database.write(({ trx }) => addProject(trx, 2)).catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toBe('replaced');
    expect((error as Error).message).toMatch(/deleted, moved or replaced.*Nothing was changed/);
    // What was committed is still there for who has it open.
    expect(await findProject(database.read, id(1))).toBeDefined();
    expect(await findProject(database.read, id(2))).toBeUndefined();
  });
});

describe('database that another program holds', () => {
  test('a database that another program holds is waited for, and then reported as busy; nothing is changed', async () => {
    await using rig = await createRig();
    const database = databaseOf(rig.bridge);
    const holder = holdStore(rig.home);
    const error = await database.write(({ trx }) => addProject(trx, 1)).catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toBe('busy');
    expect(await countByStatus(database.read)).toEqual({});
    holder[Symbol.dispose]();
    await database.write(({ trx }) => addProject(trx, 1));
    expect(await countByStatus(database.read)).toEqual({ pending: 1 });
  });

  test('a database that another program held is written as soon as it is free, and reading goes on meanwhile', async () => {
    await using rig = await createRig();
    const database = databaseOf(rig.bridge);
    const holder = holdStore(rig.home);
    const waiting = database.write(({ trx }) => addProject(trx, 1));
    expect(await countByStatus(databaseOf(await rig.connect()).read)).toEqual({});
    holder[Symbol.dispose]();
    await waiting;
    expect(await countByStatus(database.read)).toEqual({ pending: 1 });
  });
});
