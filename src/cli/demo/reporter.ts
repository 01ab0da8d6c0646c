/** Reports the demo: as text on a terminal or in a file, or as JSON. */
import { clearLine, cursorTo } from 'node:readline';
import type { Clock } from '../../clock.ts';
import type { WireDemoStep } from '../../wire/schemas/demo.ts';
import type { Format, Output } from '../terminal/output.ts';
import { cell, clip, wrap } from '../terminal/text.ts';

export type Who = 'You' | 'Desktop' | 'Supervisor' | 'Claude';

/** What a program printed, a file holds, or was measured. */
export interface Excerpt {
  readonly kind: 'output' | 'diff' | 'text' | 'evidence';
  readonly lines: readonly ExcerptLine[];
}

export type ExcerptLine = string | { readonly text: string; readonly format: Format };

export interface Reporter {
  /** Somebody looks at a terminal. */
  readonly isWatched: boolean;
  /** Begins the next step. */
  step(title: string): void;
  say(who: Who, text: string, shown?: Excerpt): void;
  /** What is under way just now; only somebody who looks at a terminal sees it. */
  live(text: string): void;
  /** Time to read, for somebody who looks at a terminal. Ends early when `signal` aborts. */
  pause(signal: AbortSignal): Promise<void>;
  /** Nothing more will come. */
  end(): void;
}

const WHO_COLUMNS = 10;
const MARGIN = '  ';
const READING_MS = 1_500;

/** Lines that stay, and on a terminal below them one line that says what is under way. */
export function textReporter(out: Output, clock: Clock): Reporter {
  let number = 0;
  let beat = 0;
  let isLive = false;
  const clear = () => {
    if (!isLive) return;
    cursorTo(process.stdout, 0);
    clearLine(process.stdout, 0);
    isLive = false;
  };
  const print = (lines: readonly string[]) => {
    clear();
    for (const line of lines) out.line(line);
  };
  return {
    isWatched: out.isTerminal,
    step(title) {
      number += 1;
      print(['', out.style('bold', `${number}  ${title}`)]);
    },
    say: (who, text, shown) => print([...sentence(out, who, text), ...showing(out, shown)]),
    live(text) {
      if (!out.isTerminal) return;
      clear();
      const sign = SIGNS[beat % SIGNS.length] ?? '';
      beat += 1;
      // One column is left free: in the last one some terminals go on to the next line.
      out.raw(`${MARGIN}${out.style('cyan', sign)} ${out.style('dim', clip(text, out.columns - 5))}`);
      isLive = true;
    },
    pause: (signal) => (out.isTerminal ? clock.sleep(READING_MS, signal) : Promise.resolve()),
    end: clear,
  };
}

const SIGNS = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

const COLOURS = { You: 'magenta', Desktop: 'blue', Supervisor: 'yellow', Claude: 'cyan' } as const;

function sentence(out: Output, who: Who, text: string): string[] {
  const indent = MARGIN.length + WHO_COLUMNS + 2;
  const [first = '', ...others] = wrap(text, out.columns - indent);
  return [
    `${MARGIN}${out.style(COLOURS[who], cell(who, WHO_COLUMNS))}  ${first}`,
    ...others.map((line) => ' '.repeat(indent) + line),
  ];
}

const MAX_LINES: Record<Excerpt['kind'], number> = { output: 5, diff: 12, text: 12, evidence: 30 };

function showing(out: Output, shown: Excerpt | undefined): string[] {
  if (!shown) return [];
  const indent = `${' '.repeat(MARGIN.length + WHO_COLUMNS + 2)}${out.style('dim', '│')} `;
  const columns = out.columns - MARGIN.length - WHO_COLUMNS - 4;
  const lines = shown.lines.flatMap((line) => linesOf(line, shown.kind, columns));
  const rest = lines.length - MAX_LINES[shown.kind];
  const fitting = rest <= 0 ? lines : [...lines.slice(0, -rest - 1), plain(`… ${rest + 1} more lines`)];
  return fitting.map(({ text, format }) =>
    (indent + (format === undefined ? text : out.style(format, text))).trimEnd(),
  );
}

interface StyledLine {
  readonly text: string;
  readonly format: Format | undefined;
}

function linesOf(line: ExcerptLine, kind: Excerpt['kind'], columns: number): StyledLine[] {
  const format = typeof line === 'string' ? formatIn(kind, line) : line.format;
  return wrap(textOf(line), columns).map((text) => ({ text, format }));
}

function plain(text: string): StyledLine {
  return { text, format: undefined };
}

function formatIn(kind: Excerpt['kind'], line: string): Format | undefined {
  if (kind !== 'diff') return undefined;
  return line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : undefined;
}

function textOf(line: ExcerptLine): string {
  return typeof line === 'string' ? line : line.text;
}

/** One object on a line for each step, when it is over. */
export function jsonReporter(out: Output, clock: Clock): Reporter {
  let step: Omit<WireDemoStep, 'duration_ms'> | undefined;
  let number = 0;
  let beganAt = 0;
  const finish = () => {
    if (step) out.jsonLine({ ...step, duration_ms: Math.round(clock.monotonic() - beganAt) });
    step = undefined;
  };
  return {
    isWatched: false,
    step(title) {
      finish();
      number += 1;
      beganAt = clock.monotonic();
      step = { step: number, title, lines: [] };
    },
    say: (who, text, shown) =>
      void step?.lines.push({ who, text, ...(shown ? { shown: shown.lines.map(textOf) } : {}) }),
    live: () => undefined,
    pause: () => Promise.resolve(),
    end: finish,
  };
}
