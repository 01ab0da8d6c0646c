/** What may be shown of a configuration: tokens of other servers are nobody's business, not even in a diff. */
import { type Node, parseTree } from 'jsonc-parser';
import { DESKTOP_SERVER } from '../../setup/desktop.ts';

/** Some servers are given their token as an argument, or in their address. */
const SECRET = ['env', 'headers', 'args', 'url', 'heartbeat_url'];

/** Of our own entry, what it starts is what a person wants to see; and the state folder. */
const SHOWN = ['BRIDGE_HOME', `${DESKTOP_SERVER}.args`];

/** The text with every value that may be a secret replaced by dots. */
export function masked(text: string): string {
  const root = parseTree(text);
  return (root ? secretsIn(root) : []).reduceRight(
    (shown, { offset, length }) => `${shown.slice(0, offset)}"•••"${shown.slice(offset + length)}`,
    text,
  );
}

/** In the order in which they stand. */
function secretsIn(node: Node, isSecret = false, parent = ''): Node[] {
  const [key, value] = node.children ?? [];
  if (node.type === 'property' && key && value) {
    const name = String(key.value);
    if (SHOWN.includes(name) || SHOWN.includes(`${parent}.${name}`)) return [];
    return secretsIn(value, isSecret || SECRET.includes(name), name);
  }
  if (node.children) return node.children.flatMap((child) => secretsIn(child, isSecret, parent));
  return isSecret ? [node] : [];
}
