/** What Claude writes in a run, piece by piece, through lost connections. */
import { useEffect, useState } from 'react';
import type { WireRunItem, WireRunLine } from '../../../../wire/schemas/run-item.ts';
import { plainLine } from '../../../terminal/text.ts';
import { clockTime } from '../../../terminal/time.ts';
import { useTui } from '../../context.ts';
import { keptLines } from '../../lines/kept-lines.ts';
import { type Line, paragraph, type Tone } from '../../lines/line.ts';
import type { Item } from '../../lines/scroll.ts';

/** Older ones are dropped: the whole is in `bridge-supervisor logs`. */
const MAX_TOLD = 2_000;
const RETRY_MS = 2_000;
/** What comes at once is drawn at once. */
const GATHER_MS = 50;
const MAX_TEXT_CHARACTERS = 4_000;

/** A piece that is shown. */
export interface Told {
  /** Names it in its run. */
  readonly key: string;
  /** ISO 8601; null: Claude does not say. */
  readonly at: string | null;
  readonly text: string;
  readonly tone: Tone;
}

export interface RunOutput {
  /** Oldest first. */
  readonly told: readonly Told[];
  /** Why there is none. */
  readonly problem: string | undefined;
}

/** @param id Of the run. */
export function useRunOutput(id: string): RunOutput {
  const { client, clock } = useTui();
  const [output, setOutput] = useState<RunOutput>({ told: [], problem: undefined });
  useEffect(() => {
    const stop = new AbortController();
    let gathered: Told[] = [];
    const show = async () => {
      await clock.sleep(GATHER_MS, stop.signal);
      const added = gathered;
      gathered = [];
      setOutput(({ told }) => ({ told: [...told, ...added].slice(-MAX_TOLD), problem: undefined }));
    };
    const add = (told: readonly Told[]) => {
      if (told.length === 0) return;
      if (gathered.length === 0) void show();
      gathered = [...gathered, ...told].slice(-MAX_TOLD);
    };
    const follow = async () => {
      let position = 0;
      for (let isOver = false; !isOver && !stop.signal.aborted; ) {
        const route = `/runs/${id}/stream?after=${position}`;
        const { status, why } = await client.stream(route, stop.signal, ({ name, data }) => {
          if (name === 'end') isOver = true;
          if (name !== undefined) return;
          const written = JSON.parse(data) as WireRunLine;
          position = written.position;
          add(toldIn(written));
        });
        if (status >= 400 && status < 500) {
          setOutput(({ told }) => ({ told, problem: why }));
          return;
        }
        if (!isOver) await clock.sleep(RETRY_MS, stop.signal);
      }
    };
    void follow();
    return () => stop.abort();
  }, [client, clock, id]);
  return output;
}

/** As lines: the time stands before the first of them. */
export function toldItem(told: Told, columns: number): Item {
  return { key: told.key, lines: linesOf(told, columns) };
}

/** What follows the first line of a piece, where that has no time before it. */
const INDENT = '  ';

const linesOf = keptLines(({ at, text, tone }: Told, columns): Line[] => {
  const time = at === null ? '' : `${clockTime(at)}  `;
  const indent = at === null ? INDENT : ' '.repeat(time.length);
  return paragraph(text, Math.max(1, columns - indent.length), tone).map((one, index) => [
    { text: index === 0 ? time : indent, tone: 'quiet' },
    ...one,
  ]);
}, MAX_TOLD);

function toldIn({ items, at, position }: WireRunLine): Told[] {
  return items.flatMap((item, index) => {
    const told = toldBy(item);
    return told ? [{ key: `${position}.${index}`, at, ...told }] : [];
  });
}

function toldBy(item: WireRunItem): Pick<Told, 'text' | 'tone'> | undefined {
  switch (item.kind) {
    case 'tool_call':
      return { text: short(item.summary), tone: 'busy' };
    case 'tool_result':
      return item.failed ? { text: 'failed', tone: 'bad' } : undefined;
    case 'text':
      return { text: item.text.slice(0, MAX_TEXT_CHARACTERS), tone: 'plain' };
    case 'message':
      return { text: `You: ${short(item.text)}`, tone: 'accent' };
    case 'denied':
      return { text: `denied${item.reason === null ? '' : `: ${short(item.reason)}`}`, tone: 'bad' };
    default:
      return undefined;
  }
}

function short(text: string): string {
  return plainLine(text.slice(0, MAX_TEXT_CHARACTERS));
}
