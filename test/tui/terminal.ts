/** A real terminal: tmux, with a shell in it. What a test sees is what a person would. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { COMPILED, PROGRAM } from '../built.ts';
import { eventually } from '../eventually.ts';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';

/** Whether there is a tmux that we know. */
export const hasTerminal = hasTmux();

/** Skipped by its name where there is none. */
export const inTerminal = test.skipIf(!hasTerminal);

function hasTmux(): boolean {
  try {
    return /^tmux [3-9]/.test(execFileSync('tmux', ['-V'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

export interface Terminal extends AsyncDisposable {
  /** A folder of its own, which is gone afterwards. */
  readonly folder: string;
  /** Types a command line of the shell. */
  run(command: string): Promise<void>;
  /** Presses keys, by the names that tmux has for them, such as `j`, `Enter`, `C-s`, `Escape`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Types a text as it is. */
  type(text: string): Promise<void>;
  /** Pastes a text, as a terminal does that tells what is pasted from what is typed. */
  paste(text: string): Promise<void>;
  /** What is on the screen; with the sequences for colours where these are looked for. */
  screen(withColours?: boolean): Promise<string>;
  /** Resolves with the screen as soon as it fits. */
  shows(...patterns: readonly (string | RegExp)[]): Promise<string>;
  /** The same for sentences, wherever their lines are broken. */
  says(...sentences: readonly string[]): Promise<string>;
  /** Resolves as soon as it fits no more. */
  hides(pattern: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** What tmux knows, such as `#{alternate_on}`. */
  tell(format: string): Promise<string>;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What runs in it, instead of a shell. */
  readonly program?: string;
  /** How long its first prompt may take. */
  readonly timeoutMs?: number;
}

/** That of the oldest terminals, and that of a large screen. */
export const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
] as const;

/** The words that start the program. */
export const TUI = `'${process.execPath}' '${PROGRAM}' tui`;

/** Where the shell waits for a command, of whatever user. */
export const PROMPT = /^[#$] ?$/m;

export async function openTerminal({
  columns = 80,
  rows = 24,
  env = {},
  program = '/bin/sh',
  timeoutMs = STATE_TIMEOUT_MS,
}: TerminalOptions = {}): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  const socket = join(folder, 'tmux');
  const environment = {
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    TERM: 'tmux-256color',
    ...COMPILED,
    ...env,
  };
  const tmux = async (...args: readonly string[]) =>
    (
      await execa('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...args], {
        env: environment,
        extendEnv: false,
        stripFinalNewline: false,
      })
    ).stdout;
  const end = async () => {
    await tmux('kill-server').catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const screen = (withColours = false) => tmux('capture-pane', '-p', ...(withColours ? ['-e'] : []));
  const press = async (...keys: readonly string[]) => void (await tmux('send-keys', ...keys));
  const type = async (text: string) => void (await tmux('send-keys', '-l', '--', text));
  const shows = (...patterns: readonly (string | RegExp)[]) =>
    eventually(async () => {
      const shown = await screen();
      for (const pattern of patterns)
        expect(shown).toMatch(pattern instanceof RegExp ? pattern : plain(pattern));
      return shown;
    });
  try {
    await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), `exec ${program}`);
    await eventually(async () => expect(await screen()).toMatch(PROMPT), 50, timeoutMs);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    folder,
    press,
    type,
    screen,
    shows,
    says: (...sentences) =>
      eventually(async () => {
        const shown = await screen();
        for (const sentence of sentences) expect(squeezed(shown)).toContain(squeezed(sentence));
        return shown;
      }),
    async run(command) {
      await type(command);
      await press('Enter');
    },
    async paste(text) {
      await tmux('set-buffer', '--', text);
      await tmux('paste-buffer', '-p');
    },
    hides: (pattern) => eventually(async () => expect(await screen()).not.toContain(pattern)),
    async resize(wide, high) {
      await tmux('resize-window', '-x', String(wide), '-y', String(high));
    },
    tell: async (format) => (await tmux('display-message', '-p', format)).trim(),
    [Symbol.asyncDispose]: end,
  };
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function plain(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
