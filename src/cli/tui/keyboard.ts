/**
 * What is pressed goes to whoever is in front: a field while a person types, else the view, then the whole program. One
 * press is done with, and what it changed is drawn, before the next is looked at: what was typed ahead decides nothing that
 * was not on the screen.
 */
import type { Key } from 'ink';
import { nextTurn } from '../../clock.ts';

/** A key by its name, such as `j`, `enter` or `ctrl-s`; `text` is what it writes, empty for one that writes nothing. */
export interface Press {
  readonly name: string;
  readonly text: string;
}

/** Whether it has taken the press. */
type Receiver = (press: Press) => boolean;

/** Who comes first, the last of these first: what everything has, a list, the view around it, what is asked. */
export const LEVELS = ['program', 'list', 'view', 'dialog'] as const;
export type Level = (typeof LEVELS)[number];

export interface Listening {
  readonly level: Level;
  readonly receive: Receiver;
  /** Takes text as a whole, and nothing goes past it. */
  readonly isField: boolean;
  /** Nothing goes past it. */
  readonly isModal: boolean;
}

export class Keyboard {
  /** The one in front is the last. */
  readonly #listening: { current: Listening }[] = [];
  readonly #waiting: Press[] = [];
  #isUnderWay = false;
  /** `g` was pressed: it belongs to the next key. */
  #isGoing = false;

  /** @param listener Holds who listens now; it may change between two presses. Returns what ends it. */
  listen(listener: { current: Listening }): () => void {
    this.#listening.push(listener);
    this.#listening.sort((a, b) => LEVELS.indexOf(a.current.level) - LEVELS.indexOf(b.current.level));
    return () => {
      this.#listening.splice(this.#listening.indexOf(listener), 1);
    };
  }

  /** What the terminal has sent, as Ink reads it. */
  press(input: string, key: Key): void {
    const name = nameOf(input, key);
    if (name !== undefined) this.#enqueue({ name, text: '' });
    else if (!key.ctrl && !key.meta) for (const press of pressesIn(input)) this.#enqueue(press);
  }

  /** What was pasted is text, and never a key. */
  paste(text: string): void {
    this.#enqueue({ name: 'paste', text });
  }

  #enqueue(press: Press): void {
    this.#waiting.push(press);
    if (!this.#isUnderWay) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isUnderWay = true;
    for (let press = this.#waiting.shift(); press; press = this.#waiting.shift()) {
      this.#deliver(press);
      // React draws in an immediate of its own, which it asks for after ours.
      await nextTurn();
      await nextTurn();
    }
    this.#isUnderWay = false;
  }

  #deliver(press: Press): void {
    const front = this.#listening.at(-1)?.current;
    if (press.name === '' && !front?.isField) {
      // Typed so fast that it came at once: key by key, of which the first goes now.
      const [first = '', ...rest] = press.text;
      if (rest.length > 0) this.#waiting.unshift({ name: '', text: rest.join('') });
      this.#offer(this.#afterGoing(first === ' ' ? 'space' : first, front?.isModal === true));
    } else this.#offer(press);
  }

  #afterGoing(name: string, isModal: boolean): Press {
    const wasGoing = this.#isGoing;
    this.#isGoing = name === 'g' && !wasGoing && !isModal;
    return { name: wasGoing ? `g ${name}` : name, text: name };
  }

  #offer(press: Press): void {
    for (const { current } of this.#listening.toReversed()) {
      // Nobody must be kept from leaving.
      if (current.receive(press) || (current.isModal && press.name !== 'ctrl-c')) return;
    }
  }
}

/** What came at once may hold keys among the text, such as Enter at its end. */
function pressesIn(input: string): Press[] {
  return input
    .split(/([\u0000-\u001f\u007f])/)
    .filter((part) => part !== '')
    .flatMap((part) => {
      const code = part.charCodeAt(0);
      if (code >= 0x20 && code !== 0x7f) return [{ name: '', text: part }];
      const name = CONTROLS[part] ?? (code > 0 && code <= 26 ? `ctrl-${String.fromCharCode(96 + code)}` : '');
      return name === '' ? [] : [{ name, text: '' }];
    });
}

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
};

const NAMES: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Undefined for what is text. */
function nameOf(input: string, key: Key): string | undefined {
  if (key.return) return key.ctrl || key.meta ? 'ctrl-enter' : 'enter';
  if (key.tab) return key.shift ? 'shift-tab' : 'tab';
  const special = NAMES.find(([name]) => key[name]);
  if (special) return special[1];
  if (key.ctrl && input.length === 1) return `ctrl-${input.toLowerCase()}`;
  return undefined;
}
