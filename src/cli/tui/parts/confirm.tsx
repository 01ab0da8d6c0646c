/** Nothing is decided by one key: what would be done is said first, and `y` does it. */
import { useApp } from 'ink';
import { useEffect, useState } from 'react';
import { type ConfirmDialog, useListening, useTui } from '../context.ts';
import { type Line, paragraph } from '../lines/line.ts';
import { Rows } from './rows.tsx';

/** So long it must have been on the screen: what was typed ahead is no answer to a question that nobody has read. */
const MIN_SEEN_MS = 300;

export function confirmLines(
  { about, question, more = [] }: ConfirmDialog,
  columns: number,
  isOpen = true,
): Line[] {
  const changes = more.map(({ key, does }) => `, ${key}: ${does}`).join('');
  const keys = isOpen ? `y: yes, n: no${changes}` : '…';
  return [
    ...about.flatMap(({ text, isDoubt }) =>
      isDoubt ? paragraph(`! ${text}`, columns, 'warn') : paragraph(text, columns),
    ),
    ...paragraph(`${question} (${keys})`, columns, 'yours'),
  ];
}

export function Confirm({ dialog, columns }: { readonly dialog: ConfirmDialog; readonly columns: number }) {
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
  return <Rows lines={confirmLines(dialog, columns, isOpen)} columns={columns} />;
}
