/** The files of `src/`: their rooms and what they import. Also used by scripts/architecture.mjs. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

export interface SourceFile {
  /** Relative to `src/`, with slashes. */
  readonly path: string;
  /** Without comments. */
  readonly text: string;
  /** How many, with comments. */
  readonly lines: number;
  /** Our own files it imports, statically, for a type, or when it is needed. */
  readonly imports: readonly string[];
  readonly room: string;
}

const SPECIFIERS = [
  // import … from 'x', export … from 'x', import 'x'
  /\b(?:import|export)\s(?:[\w\s{},*$]*?\sfrom\s+)?['"]([^'"]+)['"]/g,
  // import('x'), also in a type
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  // new URL('x', import.meta.url), as a worker or a script is named
  /\bnew URL\(\s*['"]([^'"]+)['"],\s*import\.meta\.url/g,
];

export const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => {
    const whole = readFileSync(resolve(SRC, path), 'utf8');
    const text = withoutComments(whole);
    const lines = whole.split('\n').length - 1;
    return { path, text, lines, imports: importsOf(path, text), room: roomOf(path) };
  });

/** A folder of src/, or a file in it; `log-line.ts` belongs to `log.ts`, `config-schema.ts` to `config.ts`. */
export function roomOf(path: string): string {
  const [first = ''] = path.split('/');
  return first
    .replace(/\.ts$/, '')
    .replace(/^log-.*/, 'log')
    .replace(
      /^config-(schema|explanation|values|workspace|http|schedule|channels|notify|scripts|folder|targets)$/,
      'config',
    );
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

export function importsOf(path: string, text: string): string[] {
  const found = SPECIFIERS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
  return found
    .filter((specifier) => specifier.startsWith('.') && /\.tsx?$/.test(specifier))
    .map((specifier) => posix.normalize(posix.join(dirname(path), specifier)));
}
