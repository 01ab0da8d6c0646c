/** What the bench says: a table of 80 columns for people, the same facts as JSON for programs. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { type Aim, met, type Row, ratio } from './measurement.ts';

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly quick: boolean;
  readonly measurements: readonly Measured[];
}

export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  /** Why it could not be made. */
  readonly error: string | null;
}

export function machine(): Report['machine'] {
  return {
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memory_gb: Math.round(totalmem() / 1e9),
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    node: process.version,
  };
}

export function asJson({ measurements, ...about }: Report): string {
  const rows = (list: readonly Row[]) =>
    list.map((row) => ({ ...row, ratio: ratio(row) ?? null, met: met(row) ?? null }));
  return JSON.stringify(
    { ...about, measurements: measurements.map((one) => ({ ...one, rows: rows(one.rows) })) },
    null,
    2,
  );
}

const COLUMNS = 80;

export function head(about: Report['machine']): string[] {
  const { system, processor, processors, memory_gb, load, node } = about;
  return [
    ...wrap(
      `${processors} x ${processor}, ${memory_gb} GB, ${system}, Node ${node}; load ${load} at the start. What else runs on the machine is in every number, by turns in the measured one and its yardstick. Aims, not gates.`,
      '',
    ),
    '',
    line('', 'measured', 'yardstick', 'ratio', 'aim', ''),
  ];
}

export function lines({ title, about, rows, notes, error, seconds }: Measured): string[] {
  return [
    '',
    `${title} (${seconds.toFixed(0)} s)`,
    ...rows.map((row) =>
      line(
        `  ${row.name}`,
        value(row.measured, row),
        row.yardstick === undefined ? '-' : value(row.yardstick, row),
        ratio(row) === undefined ? '-' : `${(ratio(row) ?? 0).toFixed(2)}x`,
        row.aim ? aim(row.aim, row) : '-',
        { true: 'met', false: 'MISSED', undefined: '' }[`${met(row)}`],
      ),
    ),
    ...(error === null ? [] : wrap(`COULD NOT BE MADE: ${error}`, '  ')),
    ...[about, ...notes].flatMap((note) => wrap(note, '  ')),
  ];
}

function line(name: string, ...cells: readonly string[]): string {
  const [measured = '', yardstick = '', times = '', most = '', verdict = ''] = cells;
  const left = `${name.padEnd(28)} ${measured.padStart(12)} ${yardstick.padStart(12)} ${times.padStart(7)}`;
  return `${left} ${most.padStart(10)} ${verdict}`.trimEnd();
}

function aim(most: Aim, row: Row): string {
  if ('most' in most) return value(most.most, row);
  if ('mostMore' in most) return `+${value(most.mostMore, row)}`;
  return 'leastRatio' in most ? `>= ${most.leastRatio}x` : `${most.mostRatio}x`;
}

const COUNTS: readonly string[] = ['requests', 'events'];

/** Three digits that count, no more than the unit can carry. */
function value(number: number, { unit }: Row): string {
  const whole = unit === 'bytes' || COUNTS.includes(unit) || number >= 100 || Number.isInteger(number);
  const text = whole ? Math.round(number).toString() : number.toPrecision(3);
  return `${text} ${COUNTS.includes(unit) ? '' : unit}`.trimEnd();
}

function wrap(text: string, indent: string): string[] {
  const found: string[] = [];
  let current = indent;
  for (const word of text.split(/\s+/)) {
    if (current.trim() !== '' && current.length + 1 + word.length > COLUMNS) {
      found.push(current);
      current = indent;
    }
    current += current.trim() === '' ? word : ` ${word}`;
  }
  return [...found, current];
}
