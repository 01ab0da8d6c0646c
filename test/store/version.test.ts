/** The version of the store: whoever keeps in memory what was read knows by it whether that still stands. */
import { expect, test } from 'vitest';
import { type Bridge, databaseOf } from '../../src/bridge/open-bridge.ts';
import { createRig } from '../rig.ts';
import { addProject } from './rows.ts';

const versionOf = (bridge: Bridge) => databaseOf(bridge).version();
const write = (bridge: Bridge, number: number) =>
  databaseOf(bridge).write(({ trx }) => addProject(trx, number));

test('the version of the store stays while nothing is committed', async () => {
  await using rig = await createRig();
  const before = versionOf(rig.bridge);
  expect(before).toBeDefined();
  await databaseOf(rig.bridge).read.selectFrom('projects').selectAll().execute();
  expect(versionOf(rig.bridge)).toBe(before);
});

test('the version of the store is another one after each commit, of its own connection, of another and of another program', async () => {
  await using rig = await createRig();
  const other = await rig.connect();
  const seen = [versionOf(rig.bridge)];
  await write(rig.bridge, 1);
  seen.push(versionOf(rig.bridge));
  await write(other, 2);
  seen.push(versionOf(rig.bridge));
  rig.tamper("UPDATE projects SET title = 'x'");
  seen.push(versionOf(rig.bridge));
  expect(new Set(seen).size).toBe(4);
});

test('the version of the store is another one after a change that failed: what became of it is not asked', async () => {
  await using rig = await createRig({ repeatWrites: false });
  const before = versionOf(rig.bridge);
  const failing = databaseOf(rig.bridge).write(async () => {
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect(versionOf(rig.bridge)).not.toBe(before);
});
