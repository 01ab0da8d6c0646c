/**
 * Edits a JSON text that somebody else wrote and keeps the rest to the byte: order, indentation, line ends, odd spacing.
 * (jsonc-parser's own `modify` reformats whole lines.)
 */
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

export type JsonPath = readonly string[];

/** The value at a path; undefined for none. `text` must be a JSON object. */
export function valueAt(text: string, path: JsonPath): unknown {
  const node = nodeAt(text, path);
  return node && JSON.parse(text.slice(node.offset, endOf(node)));
}

/**
 * The text with `value` at `path`: replaces what is there, or appends to its object. Creates missing objects. An empty
 * text becomes a new one.
 */
export function setValue(text: string, path: JsonPath, value: unknown): string {
  if (text.trim() === '') return `${JSON.stringify(nested(path, value), null, 2)}${lineEnd(text)}`;
  const existing = nodeAt(text, path);
  if (existing) return splice(text, existing.offset, existing.length, rewrite(text, existing, value));
  const depth = path.findLastIndex((_, index) => nodeAt(text, path.slice(0, index)) !== undefined);
  const parent = nodeAt(text, path.slice(0, depth));
  if (parent?.type !== 'object') throw new Error(`no object at ${path.slice(0, depth).join('.')}`);
  return append(text, parent, path[depth] ?? '', nested(path.slice(depth + 1), value));
}

/** The text without the value at `path`; unchanged when there is none. */
export function removeValue(text: string, path: JsonPath): string {
  const property = nodeAt(text, path)?.parent;
  const parent = property?.parent;
  const siblings = parent?.children ?? [];
  if (!property || !parent) return text;
  const index = siblings.indexOf(property);
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  if (before) return cut(text, endOf(before), endOf(property));
  if (after) return cut(text, property.offset, after.offset);
  return cut(text, parent.offset + 1, endOf(parent) - 1);
}

function nodeAt(text: string, path: JsonPath): Node | undefined {
  const root = parseTree(text);
  return root && findNodeAtLocation(root, [...path]);
}

function nested(path: JsonPath, value: unknown): unknown {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}

function append(text: string, parent: Node, key: string, value: unknown): string {
  const last = parent.children?.at(-1);
  const outer = lineIndent(text, parent.offset);
  const eol = lineEnd(text);
  const name = JSON.stringify(key);
  if (!last) {
    const inner = outer + indentUnit(text);
    const isSpreadOut = text.includes('\n') || parent.parent === undefined;
    const content = isSpreadOut
      ? `{${eol}${inner}${name}: ${spread(value, text, inner)}${eol}${outer}}`
      : `{${name}:${JSON.stringify(value)}}`;
    return splice(text, parent.offset, parent.length, content);
  }
  const inner = startsItsLine(text, last.offset) ? lineIndent(text, last.offset) : outer + indentUnit(text);
  const space = spaceAfterColon(text, last);
  const content = isSpread(text, parent)
    ? `,${eol}${inner}${name}: ${spread(value, text, inner)}`
    : `,${space}${name}:${space}${onOneLine(value, space)}`;
  return splice(text, endOf(last), 0, content);
}

/** A list on one line stays on one. */
function rewrite(text: string, existing: Node, value: unknown): string {
  const property = existing.parent;
  const isOnOneLine =
    !isSpread(text, property?.parent) || (existing.type === 'array' && !isSpread(text, existing));
  if (isOnOneLine) return onOneLine(value, property ? spaceAfterColon(text, property) : '');
  return spread(value, text, lineIndent(text, existing.offset));
}

function spread(value: unknown, text: string, indent: string): string {
  return JSON.stringify(value, null, indentUnit(text))
    .split('\n')
    .join(`${lineEnd(text)}${indent}`);
}

function onOneLine(value: unknown, space: string): string {
  if (space === '') return JSON.stringify(value);
  // Line breaks of the values themselves are written as escape sequences.
  return JSON.stringify(value, null, 1)
    .replaceAll(/,\n\s*/g, ', ')
    .replaceAll(/\n\s*/g, '');
}

/** Whether an object takes several lines. */
function isSpread(text: string, node: Node | undefined): boolean {
  return node !== undefined && text.slice(node.offset, endOf(node)).includes('\n');
}

/** One level of indentation: that of the first indented key, or two spaces. */
function indentUnit(text: string): string {
  return /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function lineIndent(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
}

function startsItsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function spaceAfterColon(text: string, { children: [key, value] = [] }: Node): string {
  return key && value && text.slice(endOf(key), value.offset).endsWith(' ') ? ' ' : '';
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function cut(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(to);
}

function splice(text: string, offset: number, length: number, content: string): string {
  return text.slice(0, offset) + content + text.slice(offset + length);
}
