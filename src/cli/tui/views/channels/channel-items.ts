/** The channels by their groups: what stands before the first colon. */
import { cell, clip } from '../../../terminal/text.ts';
import { note } from '../../lines/items.ts';
import { type Line, line } from '../../lines/line.ts';
import type { Item } from '../../lines/scroll.ts';

export interface Channel {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly count: number;
  readonly last_ts_full: string;
}

const COUNT_COLUMNS = 5;

export function channelItems(
  channels: readonly Channel[],
  chosen: string | undefined,
  columns: number,
  choose: (id: string) => void,
): Item[] {
  const groups = Map.groupBy(channels, ({ group }) => group);
  return [...groups].flatMap(([group, own]) => [
    ...(group === '' ? [] : [note(`group ${group}`, [line(clip(group, columns), 'title')])]),
    ...own.map((channel): Item => {
      const indent = group === '' ? '' : '  ';
      const { id, name, count } = channel;
      const shown: Line = [
        {
          text: cell(
            `${indent}${name}`.trimEnd() === '' ? id : name,
            columns - COUNT_COLUMNS - indent.length,
          ),
          tone: id === chosen ? 'yours' : 'plain',
        },
        { text: String(count).padStart(COUNT_COLUMNS), tone: 'quiet' },
      ];
      return { key: id, lines: [[{ text: indent }, ...shown]], keys: { enter: () => choose(id) } };
    }),
  ]);
}
