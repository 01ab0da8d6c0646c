/** Where in a plan somebody writes: what can be offered there. Pure. */

/** At the beginning of a key of the front matter, or at its value; undefined: anywhere else. */
export type Caret =
  | { readonly at: 'key'; readonly typed: string; readonly used: readonly string[] }
  | { readonly at: 'value'; readonly key: string; readonly typed: string };

const MARK = /^(?:---|\.\.\.)\s*$/;

/** @param position Of the caret, in UTF-16 units. */
export function caretIn(plan: string, position: number): Caret | undefined {
  const lines = plan.split('\n');
  if (!MARK.test(lines[0] ?? '')) return undefined;
  const row = plan.slice(0, position).split('\n').length - 1;
  const end = lines.findIndex((line, at) => at > 0 && MARK.test(line));
  if (row === 0 || (end >= 0 && row >= end)) return undefined;
  const typed = plan.slice(plan.lastIndexOf('\n', position - 1) + 1, position);
  const [, key, value = ''] = /^(\w+):\s*(.*)$/.exec(typed) ?? [];
  if (key !== undefined) return { at: 'value', key, typed: value };
  if (!/^\w*$/.test(typed)) return undefined;
  const block = lines.slice(1, end < 0 ? undefined : end);
  const used = block.flatMap((line) => /^(\w+):/.exec(line)?.[1] ?? []);
  return { at: 'key', typed, used };
}

/** The plan with `words` in the place of what was typed before the caret, and where that is then. */
export function completed(
  plan: string,
  position: number,
  typed: string,
  words: string,
): { readonly plan: string; readonly position: number } {
  const from = position - typed.length;
  return {
    plan: plan.slice(0, from) + words + plan.slice(position),
    position: from + words.length,
  };
}
