/** The terminal and the connection: whatever happens to one of them, the other is as it should be. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { eventually } from '../eventually.ts';
import { serve } from '../http/server.ts';
import { waiting } from '../page/stories.ts';
import { createStage } from './stage.ts';
import { inTerminal, openTerminal, PROMPT, type Terminal, TUI } from './terminal.ts';

/** Every view in a terminal of this size, none of which is wider or higher than it. */
async function walk(terminal: Terminal, columns: number, rows: number): Promise<void> {
  for (const [keys, words] of [
    [['g', 'p'], '[All]'],
    [['g', 'q'], 'Next, in this order'],
    [['g', 'c'], 'What may be spent'],
    [['g', 'm'], 'Channels'],
    [['g', 'h'], 'waits for you'],
  ] as const) {
    await terminal.press(...keys);
    const lines = (await terminal.shows(words, '● live')).split('\n');
    expect(lines[0]).toMatch(/^Bridge {2}.*● live$/);
    expect(lines[0]?.length).toBe(columns);
    expect(lines[rows - 1]).toMatch(/q: quit$/);
  }
}

inTerminal('every view fills 80 by 24, and 200 by 50, and follows the size of the window', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  const terminal = await stage.open();
  await walk(terminal, 80, 24);
  await terminal.resize(200, 50);
  await walk(terminal, 200, 50);
  await terminal.resize(30, 8);
  await terminal.shows('too small');
  await terminal.resize(80, 24);
  await terminal.shows('1 waits for you', '● live');
});

inTerminal(
  'in the smallest terminal a question shows its keys, and says that there is more of it',
  async () => {
    await using stage = await createStage();
    await waiting(stage.rig, { plan: `# ${'日本語 title '.repeat(12)}` });
    const terminal = await stage.open({ columns: 80, rows: 24 });
    await terminal.shows('1 waits for you');
    await terminal.press('Enter');
    await terminal.shows('Measured, not claimed');
    await terminal.press('r');
    await terminal.shows('What should change?');
    await terminal.type('Quote every field. '.repeat(12));
    await terminal.press('C-s');
    await terminal.shows('(y: yes');
    await terminal.resize(40, 10);
    await terminal.says(
      'lines more: enlarge the terminal',
      'with these words? (y: yes, n: no',
      'r: write on)',
    );
    await terminal.resize(200, 50);
    await terminal.shows('Quote every field. Quote', '(y: yes');
    await terminal.hides('enlarge the terminal');
  },
);

inTerminal('without colour nothing is coloured, and everything is told by words and signs', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  const colour = /\u001b\[[\d;]*(?:3[0-7]|9[0-7]|38;)[\d;]*m/;
  const coloured = await stage.open();
  await coloured.shows('checks passed');
  expect(await coloured.screen(true)).toMatch(colour);
  const plain = await stage.open({ env: { NO_COLOR: '1' } });
  await plain.shows('1 waits for you', '✓ checks passed', '> Add CSV export', '● live');
  expect(await plain.screen(true)).not.toMatch(colour);
});

inTerminal('a terminal that can draw no screen, and a pipe, are told what to use instead', async () => {
  await using terminal = await openTerminal({ columns: 200 });
  await terminal.run(`TERM=dumb ${TUI}; ${TUI} < /dev/null`);
  await terminal.shows(
    'this terminal can draw no screen (TERM=dumb). Line by line: bridge-supervisor status',
    'the terminal UI needs a terminal for its input and its output',
  );
});

for (const [how, leave] of [
  ['q', (terminal: Terminal) => terminal.press('q')],
  ['ctrl-c', (terminal: Terminal) => terminal.press('C-c')],
  [
    'ctrl-c while a person writes',
    async (terminal: Terminal) => {
      await terminal.press('g', 'p');
      await terminal.shows('[All]');
      await terminal.press('/');
      await terminal.shows('Show projects');
      await terminal.press('C-c');
    },
  ],
  ['SIGTERM', (terminal: Terminal) => signal(terminal, 'SIGTERM')],
  ['SIGHUP', (terminal: Terminal) => signal(terminal, 'SIGHUP')],
] as const)
  inTerminal(`after ${how} the terminal is as it was`, async () => {
    await using stage = await createStage();
    const token = { BRIDGE_API_TOKEN: stage.api.tokens.admin };
    await using terminal = await openTerminal({ env: token });
    const settings = join(terminal.folder, 'settings');
    await terminal.run(`stty -g > ${settings}`);
    await terminal.run('clear; echo on the screen before');
    await terminal.run(`${TUI} --url http://127.0.0.1:${stage.api.port}`);
    await terminal.shows('● live');
    expect(await terminal.tell('#{alternate_on} #{cursor_flag}')).toBe('1 0');
    await leave(terminal);
    await terminal.shows('on the screen before', PROMPT);
    await eventually(async () => expect(await terminal.tell('#{alternate_on} #{cursor_flag}')).toBe('0 1'));
    await terminal.run(`stty -g | cmp - ${settings} && echo the same settings`);
    await terminal.shows(/^the same settings/m);
  });

/** To the program alone, as `kill` sends it. */
async function signal(terminal: Terminal, name: NodeJS.Signals): Promise<void> {
  const shell = Number(await terminal.tell('#{pane_pid}'));
  const child = await readFile(`/proc/${shell}/task/${shell}/children`, 'utf8');
  process.kill(Number(child.trim()), name);
}

inTerminal('a lost supervisor is told at once, and its return is followed without a key', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  const terminal = await stage.open();
  await terminal.shows('1 waits for you');
  const { port } = stage.api;
  await stage.api[Symbol.asyncDispose]();
  await terminal.shows('○ lost', 'Not connected since', 'Trying again…', '1 waits for you');
  await terminal.press('Enter', 'a');
  await waiting(stage.rig, { plan: '# While nobody looked' });
  await using _again = await serve(stage.rig, { port, roles: [] });
  await terminal.press('Escape');
  await terminal.shows('● live', '2 wait for you', 'While nobody looked');
});

inTerminal('a token that is revoked is told, and another one in the file is taken up by R', async () => {
  await using stage = await createStage();
  await using terminal = await openTerminal();
  const file = join(terminal.folder, 'token');
  await writeFile(file, 'bst_0000000000000000000000000000000000000000000\n');
  await terminal.run(`${TUI} --url http://127.0.0.1:${stage.api.port} --token-file ${file}`);
  await terminal.shows('○ not signed in', 'bridge-supervisor token add NAME --role decide');
  await writeFile(file, `${stage.api.tokens.read}\n`);
  await terminal.press('R');
  await terminal.shows('● live', 'read (read)', 'No plan yet');
});

const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u202Eevil [red]x[/red] 日本語👩‍👩‍👧';
/** What a plan may hold. */
const HOSTILE_TITLE = '\u202Eevil [red]x[/red] 日本語👩‍👩‍👧';

inTerminal('no title, diff or message moves the cursor, changes the title or reorders a line', async () => {
  await using stage = await createStage();
  const patch = `diff --git a/src/export.ts b/src/export.ts
--- a/src/export.ts
+++ b/src/export.ts
@@ -1,1 +1,1 @@
-const a = 1;
+const admin = false; /*\u202E } \u2066if (admin)\u2069*/ \u001b[2J // ${'long '.repeat(60)}
`;
  await waiting(stage.rig, { plan: `# Title ${HOSTILE_TITLE}`, summary: `Done ${HOSTILE}`, patch });
  const message = {
    channel: 'shop:[b]x',
    sender: '[i]me',
    content: HOSTILE,
    message: undefined,
    key: undefined,
  };
  expect(await sendToChannel(stage.rig.bridge, message)).toMatchObject({ ok: true });
  const terminal = await stage.open();
  const home = await terminal.shows('1 waits for you', 'evil [red]x[/red] 日本語');
  expect(home.split('\n')[0]).toMatch(/● live$/);
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.press('n');
  await terminal.shows('> ▸ src/export.ts');
  await terminal.press('x');
  await terminal.shows('<U+202E>', '<U+2066>if (admin)<U+2069>', '<U+001B');
  await terminal.press('g', 'm');
  await terminal.shows('[b]x', '[i]me', 'evil [red]x[/red]');
  await terminal.press('i');
  await terminal.shows(/#\d+ · \[i\]me · TXT/);
  expect(await terminal.tell('#{pane_title}')).not.toContain('owned');
});
