/** Messages of channels in lines. What is in them is of anybody. */
import { sizeText } from '../../../page/figures.ts';
import { cell, clip, plainLine } from '../../terminal/text.ts';
import { clockTime, dateAndTime } from '../../terminal/time.ts';
import { keptLines } from './kept-lines.ts';
import { EMPTY, facts, type Line, line, paragraph, type Tone } from './line.ts';

/** As the stream and the list have it. */
export interface Message {
  readonly seq: number;
  readonly id: string;
  readonly sender: string;
  readonly content: string;
  /** When it was sent, by the server. */
  readonly at: string;
}

const SENDER_COLUMNS = 12;
const TYPE_COLUMNS = 6;
const SENDER_TONES: readonly Tone[] = ['accent', 'good', 'warn', 'busy', 'yours'];

const TYPES: Readonly<Record<string, { readonly name: string; readonly tone: Tone }>> = {
  task: { name: 'TASK', tone: 'yours' },
  result: { name: 'RESULT', tone: 'good' },
  ack: { name: 'ACK', tone: 'quiet' },
  error: { name: 'ERR', tone: 'bad' },
  err: { name: 'ERR', tone: 'bad' },
  heartbeat: { name: 'HB', tone: 'quiet' },
  hb: { name: 'HB', tone: 'quiet' },
};

/** One line: when, who, what kind, and how it begins. */
export function messageLine({ sender, content, at }: Message, columns: number): Line {
  const { name, tone } = typeOf(content);
  const head = 8 + SENDER_COLUMNS + TYPE_COLUMNS + 4;
  return [
    { text: `${clockTime(at)}  `, tone: 'quiet' },
    { text: `${cell(sender, SENDER_COLUMNS)} `, tone: toneOf(sender) },
    { text: `${cell(name, TYPE_COLUMNS)} `, tone },
    { text: clip(content.slice(0, 4 * columns), columns - head) },
  ];
}

/** By the member `type` of a JSON object; the structured form of a message has one as well. */
function typeOf(content: string): { readonly name: string; readonly tone: Tone } {
  const value = parsed(content);
  if (value === undefined) return { name: 'TXT', tone: 'plain' };
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string') return { name: 'JSON', tone: 'plain' };
  return TYPES[type.toLowerCase()] ?? { name: plainLine(type.slice(0, 50)).toUpperCase(), tone: 'plain' };
}

/** The same sender has the same colour, in every channel and at every start. */
function toneOf(sender: string): Tone {
  let sum = 0;
  for (const character of sender) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return SENDER_TONES[sum % SENDER_TONES.length] ?? 'plain';
}

/** Everything of it; JSON is laid out. */
export const inspectorLines = keptLines(layOut, 1);

function layOut(message: Message, columns: number): Line[] {
  const { seq, id, sender, content, at } = message;
  const value = parsed(content);
  const isLaidOut = typeof value === 'object' && value !== null;
  return [
    facts({ text: `#${seq}`, tone: 'title' }, { text: sender, tone: toneOf(sender) }, typeOf(content).name),
    line(`${dateAndTime(at)} · ${sizeText(Buffer.byteLength(content))}`, 'quiet'),
    line(id, 'quiet'),
    EMPTY,
    ...paragraph(isLaidOut ? JSON.stringify(value, null, 2) : content, columns),
  ];
}

export function holds({ sender, content }: Message, words: string): boolean {
  const wanted = words.toLowerCase();
  return content.toLowerCase().includes(wanted) || sender.toLowerCase().includes(wanted);
}

function parsed(content: string): unknown {
  if (!/^\s*[[{]/.test(content)) return undefined;
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
