/** Where a long list stands in a window of fewer lines, and what of it is chosen. Pure. */
import type { Line } from './line.ts';

/** A part of a list: some lines that belong together. Without `keys` it can be read, and not chosen. */
export interface Item {
  /** Names it among the items of its list. */
  readonly key: string;
  /** May be made when it is asked for, where `height` is given: of a long list few are seen. */
  readonly lines: readonly Line[];
  /** How many lines it has. */
  readonly height?: number;
  /** What keys do while it is chosen. */
  readonly keys?: Readonly<Record<string, () => void>>;
  /** `n` and `N` go from one to another. */
  readonly isFile?: boolean;
}

export interface Position {
  /** The first line that is shown. */
  readonly top: number;
  /** The key of what is chosen; undefined: nothing can be. */
  readonly chosen: string | undefined;
  /** What stands at the top: it stays there when something before it comes or goes. */
  readonly first?: { readonly key: string; readonly line: number } | undefined;
}

export interface Window {
  readonly items: readonly Item[];
  readonly height: number;
}

interface Placed {
  readonly item: Item;
  readonly start: number;
  readonly end: number;
}

/** So that what was chosen still is, and what is in sight stays there, whatever came or went. */
export function settle({ top, chosen, first }: Position, window: Window): Position {
  const all = placed(window.items);
  const choices = all.filter(({ item }) => item.keys !== undefined);
  const still = choices.find(({ item }) => item.key === chosen) ?? choices[0];
  const held = first && all.find(({ item }) => item.key === first.key);
  const wanted = held ? Math.min(held.start + first.line, Math.max(held.start, held.end - 1)) : top;
  return { top: bounded(wanted, window), chosen: still?.item.key };
}

/** The same position, which stays where it is. At the beginning of a list it does not: what comes there is to be seen. */
export function held({ top, chosen }: Position, { items }: Window): Position {
  const at = top === 0 ? undefined : placed(items).find(({ end }) => end > top);
  return { top, chosen, first: at && { key: at.item.key, line: top - at.start } };
}

/** The next or the one before, where it is in sight; else the window moves by a line. */
export function step(position: Position, by: 1 | -1, window: Window): Position {
  const { top, chosen } = position;
  const choices = choicesIn(window);
  const at = choices.findIndex(({ item }) => item.key === chosen);
  const next = choices[at + by];
  const isInSight = next && next.start >= top && next.start < top + window.height;
  const isLeft = by === -1 && at >= 0 && (choices[at]?.start ?? 0) < top;
  if (!next || !isInSight || isLeft) return scroll(position, by, window);
  return { top: showing(next, top, window), chosen: next.item.key };
}

/** Moves the window; what is chosen then is in sight, or the last before. */
export function scroll({ top, chosen }: Position, by: number, window: Window): Position {
  const moved = bounded(top + by, window);
  const choices = choicesIn(window);
  const isInSight = ({ start }: Placed) => start >= moved && start < moved + window.height;
  const present = choices.find(({ item }) => item.key === chosen);
  if (present && isInSight(present)) return { top: moved, chosen };
  // Where none is in sight, what is read belongs to the last before.
  const next =
    (by > 0 ? choices.find(isInSight) : choices.findLast(isInSight)) ??
    choices.findLast(({ start }) => start < moved) ??
    choices[0];
  return { top: moved, chosen: next?.item.key };
}

/** The next file, or the one before, at the top of the window. */
export function toFile({ top, chosen }: Position, by: 1 | -1, window: Window): Position {
  const all = placed(window.items);
  const from = all.find(({ item }) => item.key === chosen)?.start ?? top;
  const files = all.filter(({ item }) => item.isFile);
  const next = by > 0 ? files.find(({ start }) => start > from) : files.findLast(({ start }) => start < from);
  return next ? { top: bounded(next.start, window), chosen: next.item.key } : { top, chosen };
}

/** To the beginning, or to the end. */
export function toEdge(edge: 'start' | 'end', window: Window): Position {
  const choices = choicesIn(window);
  const chosen = edge === 'start' ? choices[0] : choices.at(-1);
  const top = edge === 'start' ? 0 : bounded(Number.MAX_SAFE_INTEGER, window);
  return { top, chosen: chosen?.item.key };
}

export function lineCount(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + heightOf(item), 0);
}

function heightOf(item: Item): number {
  return item.height ?? item.lines.length;
}

/** The lines in the window, each with whether it is the first of what is chosen; one that only keeps a distance is not. */
export function visibleLines(
  { top, chosen }: Position,
  { items, height }: Window,
): { readonly line: Line; readonly isChosen: boolean }[] {
  const shown: { line: Line; isChosen: boolean }[] = [];
  for (const { item, start, end } of placed(items)) {
    if (end <= top) continue;
    if (start >= top + height) break;
    const { lines } = item;
    const [from, to] = [Math.max(0, top - start), Math.min(end - start, top + height - start)];
    const isChosen = item.keys !== undefined && item.key === chosen;
    const first = isChosen ? lines.findIndex(({ length }) => length > 0) : -1;
    for (let at = from; at < to; at += 1) shown.push({ line: lines[at] ?? [], isChosen: at === first });
  }
  return shown;
}

/** All of it in sight, where it fits. */
function showing({ start, end }: Placed, top: number, window: Window): number {
  const isBelow = end > top + window.height;
  const lowered = isBelow ? Math.min(start, end - window.height) : top;
  return bounded(Math.min(lowered, start), window);
}

function bounded(top: number, { items, height }: Window): number {
  return Math.max(0, Math.min(top, lineCount(items) - height));
}

function choicesIn({ items }: Window): Placed[] {
  return placed(items).filter(({ item }) => item.keys !== undefined);
}

function placed(items: readonly Item[]): Placed[] {
  let start = 0;
  return items.map((item) => {
    const from = start;
    start += heightOf(item);
    return { item, start: from, end: start };
  });
}
