/** A list that is longer than its window, of which one item is chosen. */
import { Box } from 'ink';
import { useEffect, useRef, useState } from 'react';
import { plural } from '../../../page/figures.ts';
import { type Keys, useKeys, useTui } from '../context.ts';
import { type Line, line } from '../lines/line.ts';
import {
  held,
  type Item,
  lineCount,
  type Position,
  scroll,
  settle,
  step,
  toEdge,
  toFile,
  visibleLines,
  type Window,
} from '../lines/scroll.ts';
import { Row } from './rows.tsx';

interface Props {
  /** Where it stood is kept under this name. */
  readonly name: string;
  readonly items: readonly Item[];
  readonly columns: number;
  readonly height: number;
  /** Keys go elsewhere. */
  readonly isIdle?: boolean;
  /** It begins at its end, and stays there as items come until a person goes elsewhere. */
  readonly followsEnd?: boolean;
}

export function Scroller({ name, items, columns, height, isIdle = false, followsEnd = false }: Props) {
  const { places } = useTui();
  const [wanted, setWanted] = useState<Position>({ top: 0, chosen: places.get(name) });
  const isAtEnd = useRef(followsEnd);
  const window: Window = { items, height };
  const position = isAtEnd.current ? toEdge('end', window) : settle(wanted, window);
  const move = (next: Position) => {
    isAtEnd.current = followsEnd && next.top >= lineCount(items) - height && isLast(next, items);
    setWanted(held(next, window));
  };
  useEffect(() => {
    if (position.chosen !== undefined) places.set(name, position.chosen);
  }, [places, name, position.chosen]);
  const chosen = items.find(({ key }) => key === position.chosen);
  useKeys(isIdle ? {} : { ...movesOf(position, window, move), ...chosen?.keys }, 'list');
  const rest = lineCount(items) - position.top - height;
  return (
    <Box flexDirection="column" width={columns} height={height} flexShrink={0}>
      {visibleLines(position, window).map(({ line: own, isChosen }, at, all) => {
        const isMore = at === all.length - 1 && rest > 0;
        const sign = isChosen ? (isIdle ? '· ' : '> ') : isMore ? '↓ ' : '  ';
        const told: Line = isMore && followsEnd ? moreLine(rest + 1) : own;
        return (
          <Row
            key={`${at}`}
            columns={columns}
            line={[{ text: sign, tone: isChosen ? 'yours' : 'quiet' }, ...told]}
          />
        );
      })}
    </Box>
  );
}

/** In the place of a line: who has gone up in what follows the end is told how to get back. */
function moreLine(lines: number): Line {
  return line(`${plural(lines, 'line')} below. End: follow`, 'warn');
}

/** What the signs before each line take. */
export const SIGN_COLUMNS = 2;

function isLast({ chosen }: Position, items: readonly Item[]): boolean {
  return items.findLast(({ keys }) => keys !== undefined)?.key === chosen;
}

function movesOf(position: Position, window: Window, move: (next: Position) => void): Keys {
  const page = Math.max(1, window.height - 1);
  const by = (lines: number) => () => move(scroll(position, lines, window));
  const [down, up] = [() => move(step(position, 1, window)), () => move(step(position, -1, window))];
  return {
    j: down,
    down,
    k: up,
    up,
    pagedown: by(page),
    'ctrl-f': by(page),
    'ctrl-d': by(Math.ceil(page / 2)),
    pageup: by(-page),
    'ctrl-b': by(-page),
    'ctrl-u': by(-Math.ceil(page / 2)),
    home: () => move(toEdge('start', window)),
    end: () => move(toEdge('end', window)),
    G: () => move(toEdge('end', window)),
    n: () => move(toFile(position, 1, window)),
    N: () => move(toFile(position, -1, window)),
  };
}
