/** A text is written with the editor of the person, as git does it. */
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { waiting } from '../page/stories.ts';
import { createStage } from './stage.ts';
import { inTerminal, type Terminal } from './terminal.ts';

/** An editor: what it does with the file is in `$1`. */
async function editor(terminal: Terminal, name: string, script: string): Promise<void> {
  const path = join(terminal.folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o700);
}

/** Where the reason of the only project is written, with this beginning. */
async function writing(terminal: Terminal, words: string): Promise<void> {
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.press('r');
  await terminal.shows('What should change?');
  await terminal.type(words);
  await terminal.shows(`| ${words}`);
}

inTerminal(
  '$VISUAL comes before $EDITOR, is given the terminal with its arguments, and gives it back',
  async () => {
    await using stage = await createStage();
    await waiting(stage.rig);
    const terminal = await stage.open({ env: { VISUAL: '"$HOME/my editor" --wait', EDITOR: 'false' } });
    await editor(
      terminal,
      'my editor',
      `stty -a > "$HOME/tty"; echo "called with $1 on $(cat "$2")"; read -r line; printf '%s\\nIt was: %s\\n' "$line" "$(cat "$2")" > "$2"`,
    );
    await writing(terminal, 'Quote fields.');
    await terminal.press('C-o');
    await terminal.shows('called with --wait on Quote fields.');
    expect(await terminal.tell('#{alternate_on}')).toBe('0');
    expect(await readFile(join(terminal.folder, 'tty'), 'utf8')).toMatch(/ icanon .* echo /s);
    await terminal.type('日本語 from the editor');
    await terminal.press('Enter');
    await terminal.shows('● live', '| 日本語 from the editor', '| It was: Quote fields.');
    expect(await terminal.tell('#{alternate_on}')).toBe('1');
    await terminal.press('C-s');
    await terminal.shows('with these words? (y: yes');
    await terminal.press('y');
    await terminal.shows('Round 1 is rejected.');
    expect(stage.rig.rowsOf('approvals')).toMatchObject([
      { reason: '日本語 from the editor\nIt was: Quote fields.' },
    ]);
  },
);

inTerminal('an editor that reads late gets all that was typed meanwhile', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  const terminal = await stage.open({ env: { EDITOR: '$HOME/editor' } });
  const reads = `while [ ! -e "$HOME/read" ]; do sleep 0.05; done; read -r one; read -r two; echo "$one $two" > "$1"`;
  await editor(terminal, 'editor', `echo waits; ${reads}`);
  await writing(terminal, 'Mine.');
  await terminal.press('C-o');
  await terminal.shows('waits');
  await terminal.run('first');
  await terminal.run('second');
  // The terminal shows what it has taken: whoever reads could have it by now.
  await terminal.shows(/^first$/m, /^second$/m);
  await writeFile(join(terminal.folder, 'read'), '');
  await terminal.shows('● live', '| first second');
  await terminal.type('!');
  await terminal.shows('| first second!');
});

for (const [what, editing, words] of [
  ['that fails', 'echo lost > "$1"; exit 3', 'failed with exit code 3'],
  ['that is killed', 'kill -KILL $$', 'failed'],
] as const)
  inTerminal(`an editor ${what} is told, and what was typed is kept`, async () => {
    await using stage = await createStage();
    await waiting(stage.rig);
    const terminal = await stage.open({ env: { EDITOR: '$HOME/editor' } });
    await editor(terminal, 'editor', editing);
    await writing(terminal, 'Mine.');
    await terminal.press('C-o');
    await terminal.says(words, 'What was written before is kept.', '| Mine.', '● live');
    await terminal.type(' More.');
    await terminal.shows('| Mine. More.');
  });

inTerminal('an editor that is not there, or not set, is told, and what was typed is kept', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  const missing = await stage.open({ env: { EDITOR: 'no-such-editor' } });
  await writing(missing, 'Mine.');
  await missing.press('C-o');
  await missing.shows('(no-such-editor) failed: there is no such command', '| Mine.', '● live');
  const unset = await stage.open();
  await writing(unset, 'Mine.');
  await unset.press('C-o');
  await unset.shows('No editor is set: set EDITOR', '| Mine.');
});

inTerminal(
  'ctrl-c in an editor ends neither the terminal UI nor what was typed, and leaves no file',
  async () => {
    await using stage = await createStage();
    await waiting(stage.rig);
    const terminal = await stage.open({ env: { EDITOR: '$HOME/editor', TMPDIR: '/tmp' } });
    await editor(
      terminal,
      'editor',
      `trap 'echo interrupted' INT; echo "file $1"; read -r a; read -r b; echo done > "$1"`,
    );
    await writing(terminal, 'Mine.');
    await terminal.press('C-o');
    const screen = await terminal.shows(/^file (\S+)/m);
    await terminal.press('C-c');
    await terminal.shows('interrupted');
    await terminal.press('Enter', 'Enter');
    await terminal.shows('● live', '| ');
    await terminal.shows(/\| (done|Mine\.)/);
    const [, folder = ''] = /^file (\S+)\/[^/]+$/m.exec(screen) ?? [];
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  },
);
