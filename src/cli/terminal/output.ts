/** Where a command prints: results on stdout, messages on stderr. A reader that closes the pipe ends nothing. */

import { styleText } from 'node:util';
import { escapeHidden } from '../../characters.ts';
import type { Environment } from '../../environment.ts';

import { redact } from '../../redaction.ts';
import type { WireLine, WireOutput } from '../../wire/output.ts';
import { plainLine, plainLines } from './text.ts';

export type Format = Parameters<typeof styleText>[0];

export interface Output {
  /** How wide a line may be. */
  readonly columns: number;
  /** Stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Aborts when nobody reads stdout any more (`| head`). */
  readonly readerGone: AbortSignal;
  line(text?: string): void;
  /** One JSON value, laid out for reading. */
  json(value: WireOutput): void;
  /** One JSON value on one line. */
  jsonLine(value: WireLine): void;
  /** As it is, without a line break. */
  raw(text: string): void;
  /** A hint beside the result, on stderr. */
  hint(text: string): void;
  /** What went wrong, as one line on stderr. It may quote another program: secrets are taken out. */
  failure(message: string): void;
  /** Any number of lines on stderr, for whoever looks for a bug. */
  details(text: string): void;
  /** Our own words in colour, where the terminal and the person want it (NO_COLOR, FORCE_COLOR). */
  style(format: Format, text: string): string;
}

export function openOutput(env: Environment): Output {
  const { stdout, stderr } = process;
  const gone = new AbortController();
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && !gone.signal.aborted)
      stderr.write(`bridge-supervisor: cannot write the output: ${error.message}\n`);
    gone.abort();
  });
  // Nobody reads stderr either: nothing is left to do.
  stderr.on('error', () => undefined);
  const write = (text: string) => {
    if (!gone.signal.aborted) stdout.write(text);
  };
  return {
    get columns() {
      return columnsOf(stdout.columns ?? Number(env.COLUMNS));
    },
    isTerminal: stdout.isTTY === true,
    readerGone: gone.signal,
    line: (text = '') => write(`${text}\n`),
    json: (value) => write(`${escapeHidden(JSON.stringify(value, null, 2))}\n`),
    jsonLine: (value) => write(`${escapeHidden(JSON.stringify(value))}\n`),
    raw: write,
    hint: (text) => void stderr.write(`${plainLine(text)}\n`),
    failure: (message) => void stderr.write(`bridge-supervisor: ${redact(plainLine(message))}\n`),
    details: (text) => void stderr.write(`${plainLines(text).join('\n')}\n`),
    style: (format, text) => styleText(format, text),
  };
}

/** Narrower lines cannot be laid out, wider ones are hard to read. Without a terminal: 80. */
function columnsOf(columns: number): number {
  return columns > 0 ? Math.min(Math.max(columns, 40), 120) : 80;
}
