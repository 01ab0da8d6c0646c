/** What Claude writes in a run, as it writes it. */
import { useEffect, useState } from 'react';
import type { WireRunItem, WireRunLine } from '../../../../wire/schemas/run-item.ts';
import { plainLine } from '../../../terminal/text.ts';
import { clockTime } from '../../../terminal/time.ts';
import { useTui } from '../../context.ts';
import { type Line, line } from '../../lines/line.ts';

/** Older lines are dropped: the whole is in `bridge-supervisor logs`. */
const MAX_LINES = 300;
const RETRY_MS = 2_000;
const MAX_TEXT_CHARACTERS = 1_000;

/** @param id Of the run; undefined: nobody watches, and nothing is read. */
export function useRunLines(id: string | undefined): readonly Line[] | undefined {
  const { client, clock } = useTui();
  const [lines, setLines] = useState<readonly Line[]>([]);
  useEffect(() => {
    setLines([]);
    if (id === undefined) return;
    const stop = new AbortController();
    const follow = async () => {
      let position = 0;
      for (let isOver = false; !isOver && !stop.signal.aborted; ) {
        const route = `/runs/${id}/stream?after=${position}`;
        const status = await client.stream(route, stop.signal, ({ name, data }) => {
          if (name === 'end') isOver = true;
          if (name !== undefined) return;
          const written = JSON.parse(data) as WireRunLine;
          position = written.position;
          const told = written.items.flatMap((item) => linesOf(item, written.at));
          if (told.length > 0) setLines((before) => [...before, ...told].slice(-MAX_LINES));
        });
        if (status === 404 || status === 401) return;
        if (!isOver) await clock.sleep(RETRY_MS, stop.signal);
      }
    };
    void follow();
    return () => stop.abort();
  }, [client, clock, id]);
  return id === undefined ? undefined : lines;
}

function linesOf(item: WireRunItem, at: string | null): Line[] {
  const told = toldBy(item);
  if (!told) return [];
  const time = at === null ? '' : `${clockTime(at)}  `;
  return [[{ text: time, tone: 'quiet' }, ...told]];
}

function toldBy(item: WireRunItem): Line | undefined {
  switch (item.kind) {
    case 'tool_call':
      return line(item.summary, 'busy');
    case 'tool_result':
      return item.failed ? line('failed', 'bad') : undefined;
    case 'text':
      return line(short(item.text));
    case 'message':
      return [{ text: 'You: ', tone: 'accent' }, { text: short(item.text) }];
    case 'denied':
      return line(`denied${item.reason === null ? '' : `: ${item.reason}`}`, 'bad');
    default:
      return undefined;
  }
}

function short(text: string): string {
  return plainLine(text.slice(0, MAX_TEXT_CHARACTERS));
}
