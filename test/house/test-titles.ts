/** The titles of the tests, as they are written: with the places that each case fills in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

const TESTS = fileURLToPath(new URL('..', import.meta.url));

export interface TestTitle {
  /** Relative to `test/`, with slashes. */
  readonly path: string;
  readonly title: string;
}

type Node = Readonly<Record<string, unknown>>;

/** Every title of a test below `test/`, or below a folder of it; also of tests that several files share. */
export function testTitles(folder = ''): readonly TestTitle[] {
  return readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path))
    .flatMap((path) =>
      titlesIn(readFileSync(join(TESTS, path), 'utf8')).map((title) => ({
        path: path.split(sep).join('/'),
        title,
      })),
    );
}

/** The titles of the tests in a source file, in its order; those of `describe` are not among them. */
export function titlesIn(source: string): readonly string[] {
  const titles: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    if (!isNode(value)) return;
    const title = titleOf(value, source);
    if (title !== undefined) titles.push(title);
    for (const each of Object.values(value)) visit(each);
  };
  visit(parseAst(source, { lang: 'ts' }));
  return titles;
}

function titleOf(node: Node, source: string): string | undefined {
  if (node.type !== 'CallExpression' || !Array.isArray(node.arguments)) return undefined;
  const [first, ...others]: unknown[] = node.arguments;
  if (others.length === 0 || !isNode(first) || !isTest(node.callee)) return undefined;
  if (first.type === 'Literal' && typeof first.value === 'string') return first.value;
  if (first.type === 'TemplateLiteral') return source.slice(Number(first.start) + 1, Number(first.end) - 1);
  return undefined;
}

/** `test`, `test.skipIf(…)`, `test.for([…])`, `test.skipIf(…).each([…])`, … */
function isTest(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return callee.name === 'test' || callee.name === 'it';
  return isTest(callee.type === 'CallExpression' ? callee.callee : callee.object);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
