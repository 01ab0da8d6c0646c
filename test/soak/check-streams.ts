/** What clients were told against the history: each event once and in order, whoever was killed in between. */
import type { Finding } from './checks.ts';

export interface Followed {
  /** The ids that came, in their order, and to which clients. */
  readonly told: readonly { readonly ids: readonly number[]; readonly clients: readonly number[] }[];
  /** How often a stream was opened. */
  readonly connections: number;
  /** What clients were answered or told that none should be, and how often. */
  readonly strange: Readonly<Record<string, number>>;
}

/** @param history The ids of all events up to the last that the clients were waited for, in order. */
export function streams({ told, strange }: Followed, history: readonly number[]): Finding[] {
  return [
    ...told.flatMap(({ ids, clients }) => {
      const who = `${clients.length} clients (${clients.slice(0, 5).join(', ')}${clients.length > 5 ? ' …' : ''})`;
      return storyOf(ids, history).map(([kind, what]): Finding => [kind, `${who} ${what}`]);
    }),
    ...Object.entries(strange).map(
      ([what, count]): Finding => ['broken', `a stream had ${what}, ${count} times`],
    ),
  ];
}

function storyOf(ids: readonly number[], history: readonly number[]): Finding[] {
  const came = new Set(ids);
  const happened = new Set(history);
  const lost = history.filter((id) => !came.has(id));
  const foreign = ids.filter((id) => !happened.has(id));
  const doubled = ids.filter((id, index) => index > 0 && ids.indexOf(id) < index);
  const isInOrder = ids.every((id, index) => index === 0 || id >= (ids[index - 1] ?? 0));
  const found: Finding[] = [];
  if (lost.length > 0) found.push(['lost', `were not told ${some(lost)}`]);
  if (doubled.length > 0) found.push(['doubled', `were told more than once ${some(doubled)}`]);
  if (foreign.length > 0) found.push(['broken', `were told what has not happened: ${some(foreign)}`]);
  if (!isInOrder) found.push(['broken', 'were told events in disorder']);
  return found;
}

function some(ids: readonly number[]): string {
  return `${ids.length} events (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''})`;
}
