/** Every text a person meets on the command line, call by call, so that a change of words can be read in one place. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { onLinux } from '../platform.ts';
import { Mask } from '../wire/masked.ts';
import { createWorld } from '../wire/world.ts';
import { type CommandResult, type Rig, test } from './rig.ts';
import { holdLease, thisProcess } from './stories.ts';

/** Calls the program and writes down what it said. */
class Transcript {
  readonly #rig: Rig;
  readonly #mask: Mask;
  #text = '';

  constructor(rig: Rig) {
    this.#rig = rig;
    this.#mask = new Mask({
      [rig.home]: '<state>',
      [rig.root]: '<root>',
      [process.execPath]: '<node>',
      [process.cwd()]: '<checkout>',
    });
  }

  async call(...args: readonly string[]): Promise<void> {
    const result = await this.#rig.runWith({ env: { COLUMNS: '120' } }, ...args);
    const words = args.map((arg) => (/^[\w./:=@<>-]+$/.test(arg) ? arg : `'${arg}'`));
    const call = `$ bridge-supervisor ${words.join(' ')}\n${shownOf(result)}\n`;
    this.#text += withoutTimes(this.#mask.text(call));
  }

  async expectKept(name: string): Promise<void> {
    await expect(this.#text).toMatchFileSnapshot(`shown/${name}.snap`);
  }
}

function shownOf({ code, stdout, stderr }: CommandResult): string {
  const complaints = stderr.replaceAll(/^(?=.)/gm, '! ');
  return `${stdout}${complaints}${code === 0 ? '' : `(exit code ${code})\n`}`;
}

/** How long ago, how long, and when: these differ with each run. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<time>')
    .replaceAll(/(?<![T\d])\d\d:\d\d(:\d\d)?\b/g, '<time>')
    .replaceAll(/(just now|\d+m?s ago)( *)/g, (_all, _ago, spaces) => (spaces === '' ? '<ago>' : '<ago> '))
    .replaceAll(/(?<=in |took |for )\d+m?[smh]\b/g, '<duration>')
    .replaceAll(/\b\d+ (?=processes|MB|%)/g, '<n> ')
    .replaceAll(/ +$/gm, '');
}

describe.skipIf(!onLinux)('text of the command line (needs the paths of Linux)', () => {
  test('the text of a whole week matches its snapshot', async ({ rig }) => {
    const world = await createWorld(rig, await thisProcess());
    const transcript = new Transcript(rig);
    await transcript.call('status');
    await transcript.call('list', '--all');
    await transcript.call('list', '--limit', '1');
    for (const id of Object.values(world)) await transcript.call('show', id);
    await transcript.call('evidence', world.waiting);
    await transcript.call('evidence', world.complete, '--round', '1');
    await transcript.call('evidence', world.queued);
    await transcript.call('logs');
    await transcript.call('watch', world.complete, '--history');
    await transcript.call('watch', world.cancelled, '--history');
    await transcript.expectKept('week');
  });

  test('the text of decisions and directions matches its snapshot', async ({ rig }) => {
    const world = await createWorld(rig, await thisProcess());
    const transcript = new Transcript(rig);
    await transcript.call('approve', world.waiting, '--round', '1', '--tree', 'aaaaaaaa');
    await transcript.call('reject', world.waiting, '--reason', 'Mention Windows.');
    await transcript.call('reject', world.waiting, '--reason', 'Mention Windows.');
    await transcript.call('reject', world.waiting, '--reason', 'Something else.');
    await transcript.call('approve', world.waiting);
    await transcript.call('approve', world.complete);
    await transcript.call('steer', world.running, 'Use', 'the', 'old', 'parser.');
    await transcript.call('steer', world.queued, 'Begin with the tests.');
    await transcript.call('steer', world.complete, 'Too late.');
    await transcript.call('retry', world.parked);
    await transcript.call('retry', world.parked);
    await transcript.call('retry', '--all');
    await transcript.call('retry', '--all', '--reason', 'api_error');
    await transcript.call('cancel', world.queued);
    await transcript.call('cancel', world.queued, '--yes');
    await transcript.call('cancel', world.queued, '--yes');
    // On a slow machine the lease has expired by now.
    await holdLease(await rig.bridge, await thisProcess());
    await transcript.call('resume');
    await transcript.call('resume');
    await transcript.call('pause', '--reason', 'deploying');
    await transcript.expectKept('decisions');
  });

  test('the text of plans, copies and a missing supervisor matches its snapshot', async ({ rig }) => {
    const transcript = new Transcript(rig);
    const plan = await rig.file('plan.md', '---\nlabel: x\n---\n# A plan\n\nx\n');
    await transcript.call('list');
    await transcript.call('list', '--all');
    await transcript.call('list', '--status', 'rejected');
    await transcript.call('status');
    await transcript.call('send', plan, '--request-id', 'one');
    await transcript.call('send', plan, '--request-id', 'one');
    await transcript.call('send', await rig.file('empty.md', ''));
    await transcript.call('send', await rig.file('wrong.md', '---\npriority: high\n---\n# A\n\nx\n'));
    await transcript.call('send', await rig.file('latin.md', Buffer.from([0x23, 0x20, 0xe9])));
    await transcript.call('send', plan, '--workspace', '/nowhere');
    await transcript.call('send', join(rig.root, 'gone.md'));
    await transcript.call('backup', 'copy.db');
    await transcript.call('backup', 'copy.db');
    await transcript.call('restore', 'gone.db');
    await transcript.call('stop');
    await transcript.call('logs');
    await transcript.call('logs', '--service');
    await transcript.expectKept('beginning');
  });

  test('the text of wrong calls matches its snapshot', async ({ rig }) => {
    const transcript = new Transcript(rig);
    const calls = [
      ['frob'],
      ['stauts'],
      ['list', '--frob'],
      ['approve'],
      ['status', 'now'],
      ['list', '--status', 'done'],
      ['list', '--limit', 'ten'],
      ['stop', '--timeout', 'soon'],
      ['backup', ''],
      ['mcp'],
      ['mcp', 'web'],
      ['doctor', 'cloud'],
      ['show', 'zz'],
      ['show', 'abc'],
      ['show', 'abcdef'],
      ['retry'],
      ['retry', '--all', 'abcdef'],
      ['retry', '--reason', 'api_error'],
      ['setup'],
      ['setup', '--workspace', 'x'],
    ];
    for (const args of calls) await transcript.call(...args);
    await transcript.expectKept('wrong-calls');
  });

  test('the text of unusable files matches its snapshot', async ({ rig }) => {
    const transcript = new Transcript(rig);
    await rig.configure('{"concurency": 2}');
    await transcript.call('run');
    await transcript.call('start');
    await rig.configure('{');
    await transcript.call('run');
    await rig.configure('{}');
    await transcript.call('run', '--environment', 'gone.env');
    await mkdir(join(rig.home, 'loop.log'));
    await transcript.call('logs');
    await writeFile(join(rig.home, 'bridge.db'), 'this is a text file, and no database'.repeat(100));
    await transcript.call('status');
    await transcript.expectKept('unusable');
  });
});
