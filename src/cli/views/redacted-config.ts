/** What may be shown of a configuration: what setup itself wrote or writes. Values of others may be secrets. */
import { isDeepStrictEqual } from 'node:util';
import { type Node, parseTree } from 'jsonc-parser';

export interface VisibleValue {
  readonly path: readonly string[];
  /** Undefined: only the name at this path is shown. */
  readonly value?: unknown;
}

/** The text with every value but those that are shown replaced by dots. The names stay. */
export function redactConfig(text: string, shown: readonly VisibleValue[]): string {
  const root = parseTree(text);
  return (root ? hiddenIn(root, { text, path: [], shown }) : []).reduceRight(
    (left, { offset, length }) => `${left.slice(0, offset)}"•••"${left.slice(offset + length)}`,
    text,
  );
}

interface Place {
  readonly text: string;
  readonly path: readonly string[];
  readonly shown: readonly VisibleValue[];
}

/** In the order in which they stand. */
function hiddenIn(object: Node, { text, path, shown }: Place): Node[] {
  return (object.children ?? []).flatMap(({ children: [key, value] = [] }) => {
    if (!key || !value) return [];
    const here = [...path, String(key.value)];
    const own = shown.filter((one) => isDeepStrictEqual(one.path, here));
    const its: unknown = JSON.parse(text.slice(value.offset, value.offset + value.length));
    if (own.some((one) => isDeepStrictEqual(one.value, its))) return [];
    const leadsOn = shown.some(
      (one) => one.path.length > here.length && isDeepStrictEqual(one.path.slice(0, here.length), here),
    );
    return leadsOn && value.type === 'object' ? hiddenIn(value, { text, path: here, shown }) : [value];
  });
}
