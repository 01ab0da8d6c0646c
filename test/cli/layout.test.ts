import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';
import { steer } from '../../src/bridge/control.ts';
import { pause } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { widthOf } from '../../src/cli/terminal/text.ts';
import { granted, type Rig, test } from './rig.ts';
import { beginRun, holdLease, NOBODY, parked, submit, thisProcess } from './stories.ts';

const WIDE = '把旧的导入程序改写成流式处理并且保留对旧文件格式的兼容性同时补上所有缺失的测试🚀👨‍👩‍👧❤️한국어';
const LONG = `Rewrite ${'very '.repeat(30)}long ${'x'.repeat(200)}`;

/** One project in every state a person meets, each with texts that are long, wide, or both. */
async function fill(rig: Rig): Promise<string[]> {
  const bridge = await rig.bridge;
  const supervisor = await thisProcess();
  const ids: string[] = [];
  const send = async (title: string) => {
    const { id } = await rig.send(`# ${title}\n\n${LONG}\n\n    ${WIDE}\n`);
    ids.push(id);
    return id;
  };
  await send(LONG.slice(0, 190));
  await parked(bridge, { id: ids[0] } as never);
  await holdLease(bridge, supervisor);
  await send(WIDE);
  await submit(bridge, await beginRun(bridge, NOBODY), `${WIDE}\n\n${LONG}`);
  const running = await send(`${WIDE} ${LONG}`.slice(0, 190));
  await beginRun(bridge, supervisor, {
    currentTool: `Bash: ${LONG}`,
    todosTotal: 12,
    todosDone: 3,
    currentTodo: WIDE,
    lastSignAt: new Date().toISOString(),
    turns: 1_234,
    costUsd: 123.456,
  });
  granted(await steer(bridge, running, `${LONG} ${WIDE}`, 'person'));
  await pause(bridge, LONG, 'person');
  await send(WIDE);
  return ids;
}

const COLOUR: Record<string, Record<string, string>> = {
  'without colour': {},
  'with colour': { FORCE_COLOR: '1' },
};

test.for(Object.entries(COLOUR))('every line of status, list, show and watch fits 80 columns, %s', async ([
  ,
  env,
], { rig }) => {
  const ids = await fill(rig);
  const pages = [['status'], ['list', '--all'], ...ids.map((id) => ['show', id])];
  for (const args of pages) {
    const { stdout, stderr } = await rig.runWith({ env }, ...args);
    expect(stderr).toBe('');
    expect(stdout.includes('\u001b[')).toBe('FORCE_COLOR' in env);
    for (const line of stripVTControlCharacters(stdout).split('\n'))
      expect(widthOf(line), `${args.join(' ')}: ${line}`).toBeLessThanOrEqual(80);
  }
  const watching = rig.start({ env }, 'watch', '--history');
  await watching.prints(/pending|sent[\s\S]*hold/);
  watching.child.kill('SIGINT');
  for (const line of stripVTControlCharacters((await watching.ended).stdout).split('\n'))
    expect(widthOf(line), line).toBeLessThanOrEqual(80);
});

test('colour is off with NO_COLOR or in a pipe', async ({ rig }) => {
  await fill(rig);
  const [piped, refused] = [await rig.run('status'), await rig.runWith({ env: { NO_COLOR: '1' } }, 'status')];
  expect(piped.stdout).not.toContain('\u001b');
  expect(refused.stdout).not.toContain('\u001b');
});

test('the output uses a narrow or wide terminal as it is: COLUMNS says how wide', async ({ rig }) => {
  await fill(rig);
  for (const columns of [50, 110]) {
    const { stdout } = await rig.runWith({ env: { COLUMNS: String(columns) } }, 'list');
    const widest = Math.max(...stdout.split('\n').map(widthOf));
    expect(widest).toBeLessThanOrEqual(columns);
    expect(widest).toBeGreaterThan(columns - 3);
  }
});

/** What steers a terminal, reorders a line or hides in it. */
const UNWANTED =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

test('control characters in what is stored never reach the terminal', async ({ rig }) => {
  const evil =
    'a\u001b]0;owned\u0007\u001b[2J\u001b[31m\u009b31m\u202egnp.exe\u0000\u0008\rb\u0085c\u{e0041}\u2066\u200b\u061c';
  const bridge = await rig.bridge;
  await fill(rig);
  const { id: crashed } = await rig.send('# Crashed\n\nx\n');
  await databaseOf(bridge).write(async ({ trx }) => {
    await trx.updateTable('projects').set({ title: evil, workspace: evil, priority: 1 }).execute();
    await trx.updateTable('projects').set({ attention: evil }).where('attention', 'is not', null).execute();
    await trx
      .updateTable('completions')
      .set({ summary: evil, caveats: evil, files_created: JSON.stringify([evil]) })
      .execute();
    await trx.updateTable('updates').set({ message: evil }).execute();
    await trx.updateTable('messages').set({ message: evil }).execute();
    await trx.updateTable('plans').set({ markdown: evil }).execute();
    await trx.updateTable('holds').set({ reason: evil }).execute();
    await trx
      .updateTable('events')
      .set({ data: JSON.stringify({ message: evil, reason: evil, title: evil }) })
      .where('type', 'not like', 'run.%')
      .execute();
    await trx
      .updateTable('runs')
      .set({
        outcome: 'crashed',
        outcome_data: JSON.stringify({ code: 1, signal: null, stderr: evil }),
        model: evil,
      })
      .where('ended_at', 'is not', null)
      .execute();
  });
  const projects = await databaseOf(bridge).read.selectFrom('projects').select('id').execute();
  const calls = [
    ['status'],
    ['list'],
    ['pause', '--reason', evil.replaceAll('\u0000', '')],
    ['resume'],
    ['cancel', '-y', crashed],
  ];
  for (const args of [...calls, ...projects.map(({ id }) => ['show', id])]) {
    const { stdout, stderr } = await rig.run(...args);
    expect(stdout + stderr).not.toMatch(UNWANTED);
  }
  // As JSON nothing is lost: it is escaped.
  for (const args of [['status'], ['list', '--all'], ['show', crashed]]) {
    const { stdout } = await rig.run(...args, '--json');
    expect(stdout).not.toMatch(UNWANTED);
    expect(stdout).toMatch(/\\u202e.*\\udb40\\udc41/);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('\u202egnp.exe');
  }
  const watching = rig.start({}, 'watch', '--history');
  await watching.prints(/cancelled/);
  watching.child.kill('SIGINT');
  expect((await watching.ended).stdout).not.toMatch(UNWANTED);
});
