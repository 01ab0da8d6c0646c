import { expect, test } from 'vitest';
import type { ProcessRow } from '../../src/machine/process-reader.ts';
import { ProcessTable } from '../../src/machine/process-table.ts';

const ROOT = { pid: 50, startedAt: 'boot:500' };

/** A machine whose clock stands until it is moved. */
function machine(...rows: readonly ProcessRow[]) {
  const there = new Map(rows.map((row) => [row.pid, row]));
  const rig = {
    now: 0,
    read: [] as number[],
    add: (row: ProcessRow) => void there.set(row.pid, row),
    remove: (pid: number) => void there.delete(pid),
  };
  const reader = {
    async all(isKnown: (pid: number) => boolean = () => false) {
      const found = [...there.values()].filter(({ pid }) => !isKnown(pid));
      rig.read = found.map(({ pid }) => pid);
      return found;
    },
  };
  return { rig, table: new ProcessTable(reader, { monotonic: () => rig.now }) };
}

function row(pid: number, ticks: number, more: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, parent: 1, group: pid, name: 'some', startedAt: `boot:${ticks}`, ended: false, ...more };
}

async function pidsSince(table: ProcessTable, root = ROOT): Promise<number[]> {
  return (await table.since(root)).map(({ pid }) => pid);
}

test('what is surely older than the watched process is read once, everything else each time', async () => {
  const { rig, table } = machine(row(1, 0), row(40, 499), row(50, 500), row(51, 500), row(52, 501));
  expect(await pidsSince(table)).toEqual([50, 51, 52]);
  expect(rig.read).toEqual([1, 40, 50, 51, 52]);
  rig.add(row(53, 502));
  rig.now += 1_000;
  expect(await pidsSince(table)).toEqual([50, 51, 52, 53]);
  expect(rig.read).toEqual([50, 51, 52, 53]);
});

test('what is older than a later process only is read again for the earlier one', async () => {
  const { rig, table } = machine(row(1, 0), row(50, 500), row(60, 600));
  const later = { pid: 60, startedAt: 'boot:600' };
  expect(await pidsSince(table, later)).toEqual([60]);
  expect(await pidsSince(table)).toEqual([50, 60]);
  expect(rig.read).toEqual([50, 60]);
});

test('a pid that went and came back between two lists names a new process', async () => {
  const { rig, table } = machine(row(40, 499), row(50, 500));
  await table.since(ROOT);
  rig.remove(40);
  await table.since(ROOT);
  rig.add(row(40, 700, { parent: 50 }));
  expect(await pidsSince(table)).toEqual([50, 40]);
});

test('all rows are read again after thirty seconds, and after five in which nobody asked', async () => {
  const { rig, table } = machine(row(40, 499), row(50, 500));
  await table.since(ROOT);
  const readAt: number[] = [];
  for (rig.now = 4_000; rig.now <= 40_000; rig.now += 4_000) {
    await table.since(ROOT);
    if (rig.read.includes(40)) readAt.push(rig.now);
  }
  expect(readAt).toEqual([32_000]);
  rig.now += 5_001;
  rig.add(row(40, 700));
  expect(await pidsSince(table)).toEqual([40, 50]);
});

test('a zombie is not among the living, and every row is read where no start tells which is older', async () => {
  const { rig, table } = machine(
    row(60, 600, { ended: true }),
    row(61, 0, { startedAt: '2026-01-01T00:00:00.000Z' }),
  );
  expect(await pidsSince(table)).toEqual([61]);
  expect(await pidsSince(table)).toEqual([61]);
  expect(rig.read).toEqual([60, 61]);
});
