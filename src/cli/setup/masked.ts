/** What may be shown of a configuration: tokens of other servers are nobody's business, not even in a diff. */
import { type Node, parseTree } from 'jsonc-parser';

const SECRET = ['env', 'headers'];

/** The text with every value in an `env` or `headers` replaced by dots, but for the state folder's, which is ours. */
export function masked(text: string): string {
  const root = parseTree(text);
  return (root ? secretsIn(root) : []).reduceRight(
    (shown, { offset, length }) => `${shown.slice(0, offset)}"•••"${shown.slice(offset + length)}`,
    text,
  );
}

/** In the order in which they stand. */
function secretsIn(node: Node, isSecret = false): Node[] {
  const [key, value] = node.children ?? [];
  if (node.type === 'property' && key && value) {
    const name: unknown = key.value;
    if (name === 'BRIDGE_HOME') return [];
    return secretsIn(value, isSecret || (SECRET.includes(String(name)) && value.type === 'object'));
  }
  if (node.children) return node.children.flatMap((child) => secretsIn(child, isSecret));
  return isSecret ? [node] : [];
}
