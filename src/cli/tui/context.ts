/** What every part of the terminal UI is given. */
import {
  createContext,
  useContext,
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { Clock } from '../../clock.ts';
import type { Environment } from '../../environment.ts';
import { includesRole, type Role } from '../../project/credential.ts';
import type { WireCredential } from '../../wire/schemas/credential.ts';
import type { Keyboard, Level, Listening } from './keyboard.ts';
import type { Connection, State } from './live/connection.ts';
import type { Editing } from './parts/external-editor.ts';
import type { Place } from './place.ts';
import type { Client } from './remote/client.ts';

export interface Tui {
  readonly client: Client;
  readonly connection: Connection;
  readonly keyboard: Keyboard;
  readonly clock: Clock;
  readonly env: Environment;
  readonly editing: Editing;
  /** Who we are; undefined: not known yet. */
  readonly session: WireCredential | undefined;
  /** Whether colours are wanted and can be shown. */
  readonly isColoured: boolean;
  /** Of the part that shows a view. */
  readonly columns: number;
  readonly rows: number;
  goTo(place: Place): void;
  goBack(): void;
  /** Says what was done, or why not, in the last line. */
  say(text: string, isBad?: boolean): void;
  ask(dialog: Dialog): void;
  closeDialog(): void;
  /** Another number as soon as the person has opened or closed a dialog, or gone to another view. */
  turn(): number;
  /** What a person was typing, by what it is for. It stays until it was sent. */
  readonly drafts: Map<string, string>;
  /** Where a list stood, by its name. */
  readonly places: Map<string, string>;
}

/** What is asked of the person before anything is done. */
export type Dialog = ConfirmDialog | WriteDialog | { readonly kind: 'help' };

export interface ConfirmDialog {
  readonly kind: 'confirm';
  /** What a person is told before they decide. */
  readonly about: readonly { readonly text: string; readonly isDoubt: boolean }[];
  /** Ends with a question mark. */
  readonly question: string;
  readonly onYes: () => void;
  /** What may be changed before. */
  readonly more?: readonly ConfirmChange[];
}

export interface ConfirmChange {
  /** Another than those of the answers. */
  readonly key: string;
  readonly does: string;
  readonly act: () => void;
}

export interface WriteDialog {
  readonly kind: 'write';
  readonly title: string;
  readonly label: string;
  /** The name of the draft. */
  readonly draft: string;
  /** What there is to begin with, where nothing was typed yet. */
  readonly present?: string;
  /** Enter sends it, instead of beginning a line. */
  readonly isOneLine?: boolean;
  /** It takes most of the screen. */
  readonly isLong?: boolean;
  /** Whether an empty text may be sent, too. */
  readonly mayBeEmpty?: boolean;
  readonly onSend: (text: string) => void;
}

export const TuiContext = createContext<Tui | undefined>(undefined);

export function useTui(): Tui {
  const tui = useContext(TuiContext);
  if (!tui) throw new Error('outside of the terminal UI');
  return tui;
}

/** Whether our role includes the other. */
export function may({ session }: Pick<Tui, 'session'>, role: Role): boolean {
  return session !== undefined && includesRole(session.role, role);
}

export function useConnection(): State {
  const { connection } = useTui();
  return useSyncExternalStore(connection.watch, () => connection.state);
}

/** What keys do, by their names. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>;

/** Listens to keys for as long as the part is shown. */
export function useKeys(keys: Keys, level: Level = 'view'): void {
  useListening({
    level,
    isField: false,
    isModal: false,
    receive({ name }) {
      const act = keys[name];
      act?.();
      return act !== undefined;
    },
  });
}

export function useListening(listening: Listening): void {
  const { keyboard } = useTui();
  const latest = useRef(listening);
  latest.current = listening;
  // Before the next key is looked at.
  useLayoutEffect(() => keyboard.listen(latest), [keyboard]);
}

const TICK_MS = 1_000;

/** The time of the server, in milliseconds since 1970; what shows it is drawn again every second. */
export function useNow(): number {
  const { client } = useTui();
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEvery(TICK_MS, tick);
  return client.now();
}

/** Does it again and again, while the part is shown. */
export function useEvery(ms: number, work: () => void, isNeeded = true): void {
  const { clock } = useTui();
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    if (!isNeeded) return;
    const over = new AbortController();
    void (async () => {
      for (;;) {
        await clock.sleep(ms, over.signal);
        if (over.signal.aborted) return;
        latest.current();
      }
    })();
    return () => over.abort();
  }, [clock, ms, isNeeded]);
}
