/** Much of everything: it is shown to its end, as quickly as little, and in no more memory than it takes. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { keptLines } from '../../src/cli/tui/lines/kept-lines.ts';
import { line } from '../../src/cli/tui/lines/line.ts';
import { linesOfPatch } from '../../src/cli/tui/lines/patch.ts';
import { eventually } from '../eventually.ts';
import { largePatch } from '../large-patch.ts';
import { waiting } from '../page/stories.ts';
import { addProject } from '../store/rows.ts';
import { createStage } from './stage.ts';
import { inTerminal, type Terminal } from './terminal.ts';

/** Of the program in the terminal. */
async function residentMb(terminal: Terminal): Promise<number> {
  const shell = Number(await terminal.tell('#{pane_pid}'));
  const child = await readFile(`/proc/${shell}/task/${shell}/children`, 'utf8');
  const status = await readFile(`/proc/${child.trim()}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const MAX_GROWTH_MB = 400;

inTerminal('a diff of 5 MB in one file is read to its end, with the numbers of its lines', async () => {
  await using stage = await createStage();
  const { patch, diff } = largePatch(1, 5_000_000);
  await waiting(stage.rig, { patch, evidence: { diff } });
  const terminal = await stage.open();
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  const before = await residentMb(terminal);
  await terminal.press('n');
  await terminal.shows('> ▸ src/part-0001.ts');
  await terminal.press('x');
  await terminal.shows('    1 + // line 1 of file 1');
  /** The last line of what was read, once it is more than this. */
  const readBeyond = (known: number) =>
    eventually(async () => {
      await terminal.press('End');
      const screen = await terminal.screen();
      const numbers = [...screen.matchAll(/^ *(\d+) \+ /gm)].map(([, number]) => Number(number));
      const last = Math.max(0, ...numbers);
      expect(screen).toContain('> ▸ 1 run');
      expect(last).toBeGreaterThan(known);
      return last;
    });
  let last = await readBeyond(0);
  for (let page = 1; page < 5; page += 1) {
    await terminal.shows('There is more. +: read on');
    await terminal.press('N');
    await terminal.shows('> ▾ src/part-0001.ts');
    await terminal.press('+');
    last = await readBeyond(last);
  }
  expect(last).toBe(61_729);
  await terminal.press('Home');
  await terminal.shows('Measured, not claimed');
  await terminal.resize(200, 50);
  await terminal.shows(/● live {0,120}$/m, '61729 −0');
  expect((await residentMb(terminal)) - before).toBeLessThan(MAX_GROWTH_MB);
});

inTerminal('a list of 10,000 projects is read on to older ones, and answers keys', async () => {
  await using stage = await createStage();
  await databaseOf(stage.rig.bridge).write(async ({ trx }) => {
    for (let at = 1; at <= 10_000; at += 1)
      await addProject(trx, at, { status: 'pending', title: `Project 日本語 ${at}`, attention: null });
  });
  const terminal = await stage.open();
  await terminal.press('g', 'p');
  await terminal.shows('[All]', /Project 日本語 10000 +queued/);
  const before = await residentMb(terminal);
  for (let page = 1; page <= 5; page += 1) {
    await terminal.press('End');
    await terminal.shows('> Show older ones');
    await terminal.press('Enter');
    await terminal.hides('> Show older ones');
  }
  await terminal.press('End');
  await terminal.shows('> Show older ones', 'Project 日本語 9701');
  await terminal.press('Home');
  await terminal.shows('Project 日本語 10000');
  expect((await residentMb(terminal)) - before).toBeLessThan(MAX_GROWTH_MB);
});

test('a long text is laid out once for a width, and the oldest of many is forgotten', () => {
  const laidOut: string[] = [];
  const draw = keptLines((text: string, columns) => {
    laidOut.push(`${text} ${columns}`);
    return [line(text)];
  }, 2);
  expect(draw('a', 80)).toBe(draw('a', 80));
  draw('a', 40);
  draw('b', 40);
  draw('c', 40);
  draw('b', 40);
  draw('a', 40);
  expect(laidOut).toEqual(['a 80', 'a 40', 'b 40', 'c 40', 'a 40']);
});

test('a patch of 5 MB keeps its lines between two drawings', () => {
  const { patch } = largePatch(1, 5_000_000);
  const lines = linesOfPatch(patch, 78);
  expect(lines.length).toBeGreaterThan(61_729);
  expect(linesOfPatch(patch, 78)).toBe(lines);
});
