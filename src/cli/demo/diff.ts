/**
 * What changed between two texts, as lines that begin with `-`, `+` or a space. Everything between the first and the last
 * difference counts as changed: right, and for one small change also as short as can be.
 */
export function changedLines(before: string, after: string): string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  const head = sameLines(old, now);
  const rest = Math.min(old.length, now.length) - head;
  const tail = Math.min(rest, sameLines(old.toReversed(), now.toReversed()));
  if (head === old.length && head === now.length) return [];
  const marked = (lines: readonly string[], mark: string) => lines.map((line) => `${mark} ${line}`);
  return [
    ...marked(now.slice(Math.max(0, head - CONTEXT), head), ' '),
    ...marked(old.slice(head, old.length - tail), '-'),
    ...marked(now.slice(head, now.length - tail), '+'),
    ...marked(now.slice(now.length - tail).slice(0, CONTEXT), ' '),
  ];
}

const CONTEXT = 1;

/** How many lines the two begin with in common. */
function sameLines(a: readonly string[], b: readonly string[]): number {
  const first = a.findIndex((line, index) => line !== b[index]);
  return first < 0 ? a.length : first;
}
