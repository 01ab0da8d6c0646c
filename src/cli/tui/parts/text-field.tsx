/** What a person writes, in one line or several. It is kept until it was sent. */
import { useApp } from 'ink';
import { useRef, useState } from 'react';
import { cleanText } from '../../../project/text.ts';
import { chop, widthOf } from '../../terminal/text.ts';
import { useListening, useTui, type WriteDialog } from '../context.ts';
import type { Press } from '../keyboard.ts';
import { type Line, line, paragraph } from '../lines/line.ts';
import {
  bufferOf,
  erase,
  eraseLine,
  eraseNext,
  eraseWord,
  insert,
  left,
  right,
  type TextBuffer,
  toLineEnd,
  toLineStart,
  toOtherLine,
} from '../lines/text-buffer.ts';
import { editorOf, editText } from './external-editor.ts';
import { Rows } from './rows.tsx';

export function TextField({
  dialog,
  columns,
  height,
}: {
  readonly dialog: WriteDialog;
  readonly columns: number;
  readonly height: number;
}) {
  const { drafts, closeDialog, say, env, editing } = useTui();
  const { suspendTerminal } = useApp();
  const [, redraw] = useState(0);
  // Not a state: what is typed faster than it is drawn must not be lost.
  const held = useRef<TextBuffer>(undefined);
  held.current ??= bufferOf(drafts.get(dialog.draft) ?? dialog.present ?? '');
  const put = (next: TextBuffer) => {
    held.current = next;
    drafts.set(dialog.draft, next.text);
    redraw((count) => count + 1);
  };
  const written = () => held.current ?? bufferOf('');
  const send = () => {
    const { text } = written();
    if (text.trim() === '' && !dialog.mayBeEmpty) return say('Nothing is written yet.', true);
    closeDialog();
    dialog.onSend(text);
  };
  const edit = async () => {
    const edited = await editText(written().text, { env, suspendTerminal, editing });
    if (edited.ok) put(bufferOf(edited.value));
    else say(edited.refusal, true);
  };
  useListening({
    level: 'dialog',
    isField: true,
    isModal: true,
    receive(press) {
      if (press.name === 'ctrl-c') return false;
      if (press.name === 'esc') closeDialog();
      else if (press.name === 'ctrl-s' || press.name === 'ctrl-enter') send();
      else if (press.name === 'enter' && dialog.isOneLine) send();
      else if (press.name === 'ctrl-o' && !dialog.isOneLine) void edit();
      else put(edited(written(), press, dialog.isOneLine === true));
      return true;
    },
  });
  const keys = dialog.isOneLine
    ? 'Enter: go on · Esc: back'
    : `Ctrl+S: go on · Esc: back, the text is kept · Ctrl+O: write it with ${editorOf(env)}`;
  const label = paragraph(dialog.label, columns, 'quiet');
  const room = Math.max(1, height - label.length - 2);
  return (
    <Rows
      columns={columns}
      lines={[
        line(dialog.title, 'title'),
        ...label,
        ...bufferLines(written(), columns, room),
        line(keys, 'quiet'),
      ]}
    />
  );
}

const EDITS: Readonly<Record<string, (buffer: TextBuffer) => TextBuffer>> = {
  enter: (buffer) => insert(buffer, '\n'),
  tab: (buffer) => insert(buffer, '  '),
  backspace: erase,
  delete: eraseNext,
  'ctrl-w': eraseWord,
  'ctrl-u': eraseLine,
  left,
  right,
  home: toLineStart,
  'ctrl-a': toLineStart,
  end: toLineEnd,
  'ctrl-e': toLineEnd,
  up: (buffer) => toOtherLine(buffer, -1),
  down: (buffer) => toOtherLine(buffer, 1),
};

function edited(buffer: TextBuffer, { name, text }: Press, isOneLine: boolean): TextBuffer {
  if (text === '') return EDITS[name]?.(buffer) ?? buffer;
  // What is pasted may hide something, too; spaces at its ends are meant.
  const clean = text.replaceAll(/[^\s]+(?:\s+[^\s]+)*/g, cleanText).replaceAll(/\r\n?/g, '\n');
  return insert(buffer, isOneLine ? clean.replaceAll('\n', ' ') : clean);
}

const CURSOR = '▏';

/** The lines around the place, with a sign at it: a terminal without colour shows it, too. */
function bufferLines({ text, at }: TextBuffer, columns: number, height: number): Line[] {
  // A plan may be long, and this is done at every key: no more is laid out than can be seen.
  const most = columns * height;
  const above = text.slice(0, at).split('\n').slice(-height);
  const below = text.slice(at).split('\n').slice(0, height);
  const [head, tail] = [above.pop() ?? '', below.shift() ?? ''];
  const laidOut = (line: string) => chop(line.slice(0, most), columns - widthOf(BORDER));
  const before = above.flatMap(laidOut);
  const here = chop(head.slice(-most) + CURSOR + tail.slice(0, most), columns - widthOf(BORDER));
  const lines = [...before, ...here, ...below.flatMap(laidOut)];
  const cursor = before.length + here.findIndex((one) => one.includes(CURSOR));
  const top = Math.max(0, Math.min(cursor - Math.floor(height / 2), lines.length - height));
  const shown = lines.slice(top, top + height);
  const empty = Array.from({ length: height - shown.length }, () => '');
  return [...shown, ...empty].map((one) => [{ text: BORDER, tone: 'accent' as const }, { text: one }]);
}

const BORDER = '| ';
