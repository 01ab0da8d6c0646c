import type { Line } from './line.ts';

/**
 * The same lines for the same text and width, laid out once: what is drawn again at every key and every second may be long.
 *
 * @param most So many texts are kept, the newest.
 */
export function keptLines<T>(
  layOut: (of: T, columns: number) => readonly Line[],
  most: number,
): (of: T, columns: number) => readonly Line[] {
  const kept = new Map<T, { readonly columns: number; readonly lines: readonly Line[] }>();
  return (of, columns) => {
    const known = kept.get(of);
    if (known?.columns === columns) return known.lines;
    const lines = layOut(of, columns);
    kept.delete(of);
    kept.set(of, { columns, lines });
    for (const [oldest] of kept) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return lines;
  };
}
