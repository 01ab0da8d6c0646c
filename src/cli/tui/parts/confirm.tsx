/** Nothing is decided by one key: what would be done is said first, and `y` does it. */
import { useApp } from 'ink';
import { useEffect, useState } from 'react';
import { plural } from '../../../page/figures.ts';
import { type ConfirmDialog, useListening, useTui } from '../context.ts';
import { type Line, line, paragraph } from '../lines/line.ts';
import { Rows } from './rows.tsx';

/** So long it must have been on the screen: what was typed ahead is no answer to a question that nobody has read. */
const MIN_SEEN_MS = 300;

/**
 * What is asked, in at most `height` lines: what would be decided and its keys are always among them.
 *
 * @param isOpen Whether an answer is taken already.
 */
export function confirmLines(
  { about, question, more = [] }: ConfirmDialog,
  columns: number,
  height: number,
  isOpen = true,
): Line[] {
  const changes = more.map(({ key, does }) => `, ${key}: ${does}`).join('');
  const keys = isOpen ? `y: yes, n: no${changes}` : '…';
  const asked = paragraph(`${question} (${keys})`, columns, 'yours');
  const told = about.flatMap(({ text, isDoubt }) =>
    isDoubt ? paragraph(`! ${text}`, columns, 'warn') : paragraph(text, columns),
  );
  const room = Math.max(1, height - asked.length);
  if (told.length <= room) return [...told, ...asked];
  // What speaks against it comes last.
  const shown = room > 1 ? told.slice(1 - room) : [];
  const rest = told.length - shown.length;
  return [line(`… ${plural(rest, 'line')} more: enlarge the terminal`, 'warn'), ...shown, ...asked];
}

export function Confirm({
  dialog,
  columns,
  height,
}: {
  readonly dialog: ConfirmDialog;
  readonly columns: number;
  readonly height: number;
}) {
  const { closeDialog, clock } = useTui();
  const { waitUntilRenderFlush } = useApp();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const over = new AbortController();
    void waitUntilRenderFlush()
      .then(() => clock.sleep(MIN_SEEN_MS, over.signal))
      .then(() => setOpen(!over.signal.aborted));
    return () => over.abort();
  }, [waitUntilRenderFlush, clock]);
  useListening({
    level: 'dialog',
    isField: false,
    isModal: true,
    receive({ name }) {
      if (name === 'y' && isOpen) {
        closeDialog();
        dialog.onYes();
      } else if (name === 'n' || name === 'esc' || name === 'q') closeDialog();
      else dialog.more?.find(({ key }) => key === name)?.act();
      return name !== 'ctrl-c';
    },
  });
  return <Rows lines={confirmLines(dialog, columns, height, isOpen)} columns={columns} />;
}
