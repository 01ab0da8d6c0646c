/** Words that were typed and not sent: they survive a reload, a lost connection, and signing out. */
import { type Signal, signal } from '@preact/signals';

const PREFIX = 'draft:';
const drafts = new Map<string, Signal<string>>();

/** The draft of this name, such as `ID/r2/reject`. */
export function draftOf(name: string): Signal<string> {
  const known = drafts.get(name);
  if (known) return known;
  const draft = signal(localStorage.getItem(PREFIX + name) ?? '');
  draft.subscribe((text) => {
    if (text === '') localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  });
  drafts.set(name, draft);
  return draft;
}

/** Whether anything is typed and not sent. */
export function isTyping(): boolean {
  return [...drafts.values()].some(({ value }) => value !== '');
}
