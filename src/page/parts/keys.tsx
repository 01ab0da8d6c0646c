/** One key each, off while a person types, and off for good when they say so. */
import { signal } from '@preact/signals';
import { goTo } from '../route.ts';
import { Dialog } from './dialog.tsx';

const OFF = 'keys-off';
const isHelpOpen = signal(false);
const areOff = signal(localStorage.getItem(OFF) !== null);

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['g then h', 'home'],
  ['g then p', 'projects'],
  ['g then q', 'queue'],
  ['g then c', 'costs'],
  ['g then n', 'channels'],
  ['g then m', 'settings'],
  ['j, k', 'the next, the one before'],
  ['n, N', 'the next file, the file before'],
  ['x', 'fold or unfold the file'],
  ['a', 'go to the approve button; it decides nothing by itself'],
  ['r', 'write why you reject'],
  ['s', 'write a message'],
  ['/', 'filter the list'],
  ['?', 'this list'],
  ['Esc', 'close, or go back'],
  ['Ctrl or Cmd + Enter', 'send what you write'],
];

const PLACES: Readonly<Record<string, string>> = {
  h: '#/',
  p: '#/projects',
  q: '#/queue',
  c: '#/costs',
  n: '#/channels',
  m: '#/settings',
};
/** Pressed instead of clicking on what has this mark. */
const CLICKED: Readonly<Record<string, string>> = { r: 'reject', s: 'message' };
/** Pressed to write there. */
const FOCUSED: Readonly<Record<string, string>> = { a: 'approve', s: 'write', '/': 'filter' };

/** Listens to keys. Returns what ends it. */
export function startKeys(): () => void {
  let isGoing = false;
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'Enter') submitAround(event.target);
      return;
    }
    if (areOff.value || event.altKey || isField(event.target) || document.querySelector('dialog[open]'))
      return;
    const wasGoing = isGoing;
    isGoing = event.key === 'g';
    if (wasGoing) {
      const address = PLACES[event.key];
      if (address !== undefined) goTo(address);
      return;
    }
    if (pressed(event.key)) event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function pressed(key: string): boolean {
  if (key === '?') isHelpOpen.value = true;
  else if (key === 'j' || key === 'k') step('[data-item]', key === 'j' ? 1 : -1);
  else if (key === 'n' || key === 'N') step('[data-file]', key === 'n' ? 1 : -1);
  else if (key === 'x') document.activeElement?.closest('details')?.querySelector('summary')?.click();
  else if (key === 'Escape') goTo('#/');
  else {
    const clicked = byMark(CLICKED[key]);
    const focused = byMark(FOCUSED[key]);
    clicked?.click();
    if (!clicked) focused?.focus();
    return clicked !== null || focused !== null;
  }
  return true;
}

function byMark(mark: string | undefined): HTMLElement | null {
  if (mark === undefined) return null;
  return document.querySelector<HTMLElement>(`[data-key="${mark}"]`);
}

/** Within the list in which the focus is, where there are several. */
function step(selector: string, by: number): void {
  const list = document.activeElement?.closest('[data-list]') ?? document;
  const all = [...list.querySelectorAll<HTMLElement>(selector)];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  all[next]?.focus();
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

function submitAround(target: EventTarget | null): void {
  if (target instanceof HTMLElement) target.closest('form')?.requestSubmit();
}

export function openHelp(): void {
  isHelpOpen.value = true;
}

export function HelpDialog() {
  if (!isHelpOpen.value) return null;
  const close = () => {
    isHelpOpen.value = false;
  };
  const toggle = () => {
    areOff.value = !areOff.value;
    if (areOff.value) localStorage.setItem(OFF, 'yes');
    else localStorage.removeItem(OFF);
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={areOff.value} onChange={toggle} /> Switch single keys off
      </label>
      <div class="choices">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
