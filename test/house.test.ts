import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { files, importsOf, roomOf, type SourceFile } from './house/source-files.ts';

/** Who may import whom, beside what everyone may import; what is not listed may be imported by nobody else. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | 'anything'>> = {
  version: [],
  result: [],
  environment: [],
  'error-message': [],
  'expected-error': [],
  'config-error': [],
  duration: [],
  'state-folder': ['home-path'],
  'home-path': [],
  'make-folder': [],
  'exit-codes': [],
  'snake-case': [],
  clock: [],
  // The ground: what every room may stand on.
  'hidden-characters': [],
  characters: ['hidden-characters'],
  'json-depth': [],
  redaction: [],
  template: [],
  log: ['clock', 'characters', 'redaction'],
  config: ['project', 'home-path', 'characters'],
  project: ['characters', 'json-depth'],
  wire: ['project', 'snake-case'],
  store: ['project', 'clock'],
  bridge: ['project', 'store', 'git', 'machine', 'clock', 'home-path', 'characters', 'json-depth'],
  git: ['machine'],
  machine: ['clock', 'exit-codes', 'template', 'home-path', 'characters'],
  evidence: ['git', 'machine', 'project', 'characters', 'redaction'],
  claude: ['project', 'machine', 'clock', 'template', 'characters', 'redaction'],
  control: [
    'bridge',
    'notify',
    'store',
    'claude',
    'machine',
    'project',
    'config',
    'clock',
    'log',
    'home-path',
    'exit-codes',
    'characters',
    'redaction',
  ],
  supervisor: [
    'bridge',
    'scripts',
    'claude',
    'evidence',
    'git',
    'machine',
    'project',
    'config',
    'clock',
    'log',
    'characters',
    'snake-case',
  ],
  notify: ['config', 'wire', 'machine', 'project', 'clock', 'characters', 'redaction'],
  scripts: ['bridge', 'evidence', 'machine', 'project', 'config', 'home-path', 'characters', 'redaction'],
  http: ['mcp', 'control', 'bridge', 'wire', 'project', 'config', 'clock', 'log', 'template'],
  // It runs in a browser.
  page: ['wire', 'project', 'hidden-characters'],
  folder: ['claude', 'machine', 'config', 'clock', 'home-path', 'characters'],
  mcp: ['control', 'scripts', 'bridge', 'folder', 'wire', 'project', 'config', 'clock', 'characters'],

  'mcp-client': [],
  simulator: ['clock'],
  setup: ['claude', 'machine', 'project', 'config', 'home-path', 'json-depth'],
  selftest: ['bridge', 'claude', 'git', 'machine', 'simulator', 'wire', 'clock', 'mcp-client'],
  doctor: [
    'control',
    'folder',
    'scripts',
    'setup',
    'selftest',
    'mcp',
    'mcp-client',
    'notify',
    'store',
    'claude',
    'git',
    'machine',
    'project',
    'config',
    'clock',
    'home-path',
    'characters',
    'redaction',
  ],
  install: ['control', 'doctor', 'bridge', 'claude', 'machine', 'config', 'clock', 'characters'],
  cli: 'anything',
};

const EVERYONE_MAY_IMPORT = [
  'make-folder',
  'version',
  'result',
  'environment',
  'error-message',
  'state-folder',
  'expected-error',
  'config-error',
  'duration',
];

const TO_BE_SPLIT = ['bridge/runs.ts'];

const tests = fileURLToPath(new URL('.', import.meta.url));
const testFiles = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(resolve(tests, path), 'utf8') }));

const paths = new Set(files.map(({ path }) => path));

describe('reader of imports', () => {
  test.each([
    ["import { a } from './a.ts';", './a.ts'],
    ["import type { A } from './a.ts';", './a.ts'],
    ["import {\n  a,\n  type B,\n} from './a.ts';", './a.ts'],
    ["import * as a from './a.ts';", './a.ts'],
    ["import a, { b } from './a.ts';", './a.ts'],
    ["import './a.ts';", './a.ts'],
    ["export { a } from './a.ts';", './a.ts'],
    ["export * from './a.ts';", './a.ts'],
    ["const { a } = await import('./a.ts');", './a.ts'],
    ["type A = typeof import('./a.ts');", './a.ts'],
    ["new URL('./a.ts', import.meta.url)", './a.ts'],
  ])('the reader of imports sees %j', (text, specifier) => {
    expect(importsOf('room/b.ts', text)).toEqual([posix.join('room', specifier)]);
  });

  test('the reader of imports sees our files, and every import of ours names one', () => {
    expect(files.length).toBeGreaterThan(50);
    const missing = files.flatMap(({ path, imports }) =>
      imports.filter((imported) => !paths.has(imported)).map((imported) => `${path} -> ${imported}`),
    );
    expect(missing).toEqual([]);
  });

  test('the reader of imports meets no import whose name it cannot read', () => {
    const computed = files.filter(({ text }) => /\bimport\(\s*[^'"\s)]/.test(text)).map(({ path }) => path);
    expect(computed).toEqual([]);
  });
});

describe('house', () => {
  test('every room is known', () => {
    const rooms = new Set(files.map(({ room }) => room));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test.each(Object.keys(MAY_IMPORT))('%s imports only what it may', (room) => {
    const allowed = MAY_IMPORT[room] ?? [];
    const wrong = files
      .filter((file) => file.room === room)
      .flatMap(({ path, imports }) => imports.map((imported) => ({ path, imported, to: roomOf(imported) })))
      .filter(({ to }) => to !== room && !EVERYONE_MAY_IMPORT.includes(to))
      .filter(({ to }) => (allowed === 'anything' ? to === 'cli' : !allowed.includes(to)))
      .map(({ path, imported }) => `${path} -> ${imported}`);
    expect(wrong).toEqual([]);
  });

  test('every right to import is used', () => {
    const unused = Object.entries(MAY_IMPORT).flatMap(([room, allowed]) => {
      const imported = new Set(files.filter((file) => file.room === room).flatMap(roomsImportedBy));
      return allowed === 'anything'
        ? []
        : allowed.filter((to) => !imported.has(to)).map((to) => `${room} -> ${to}`);
    });
    expect(unused).toEqual([]);
  });

  test('no file is longer than 300 lines, and half of them have at most 80', () => {
    const lengths = files.map(({ path, lines }) => ({ path, lines }));
    const long = lengths.filter(({ path, lines }) => lines > 300 && !TO_BE_SPLIT.includes(path));
    expect(long).toEqual([]);
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(80);
  });

  test('no room holds more than a fifth of the lines', () => {
    const all = files.reduce((sum, { lines }) => sum + lines, 0);
    const big = [...Map.groupBy(files, ({ room }) => room)]
      .map(([room, own]) => ({ room, share: own.reduce((sum, { lines }) => sum + lines, 0) / all }))
      .filter(({ share }) => share > 0.2);
    expect(big).toEqual([]);
  });

  test('imports go one way: there is no circle', () => {
    expect(circles()).toEqual([]);
  });

  test('only bridge/ and store/ see the store behind a bridge, or a query that writes', () => {
    const outside = files.filter(({ room }) => room !== 'bridge' && room !== 'store');
    const writers = files
      .filter(({ room }) => room === 'store')
      .flatMap(({ text }) => [...text.matchAll(/export async function (\w+)\(\s*trx: Writer/g)])
      .map(([, name]) => name);
    expect(writers).toContain('appendEvent');
    const hidden = [...writers, 'databaseOf', 'withDatabase', 'openDatabase'].join('|');
    const named = new RegExp(`\\b(?:${hidden})\\b`);
    expect(outside.filter(({ text }) => named.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('what bridge/ reads of a project in order to change it, it locks first', () => {
    const unlocked = /\b(?:findProject|lookUp|readyProjects|listProjects)\(\s*trx\b/;
    const inBridge = files.filter(({ room }) => room === 'bridge');
    expect(inBridge.filter(({ text }) => unlocked.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('only store/ spells a query that writes', () => {
    const spells = /\.(?:insertInto|updateTable|deleteFrom|replaceInto|mergeInto)\(/;
    const outside = files.filter(({ room, text }) => room !== 'store' && spells.test(text));
    expect(outside.map(({ path }) => path)).toEqual([]);
  });

  test('a tool of mcp/ calls the verbs that it is given: only local-verbs.ts loads a verb or sees a bridge', () => {
    const loadsOrSees =
      /(?<!Claude )\bBridge\b|import (?!type\b)[^;]* from '[./]+\/(?:bridge|control|config)[/.]/;
    const wrong = files.filter(({ room, text }) => room === 'mcp' && loadsOrSees.test(text));
    expect(wrong.map(({ path }) => path)).toEqual(['mcp/local-verbs.ts', 'mcp/verbs.ts']);
  });

  test('only machine/ asks for the platform', () => {
    expect(filesWith(/\bprocess\s*\.\s*platform\b|\bos\.platform\(|\bplatform\(\)/, 'machine')).toEqual([]);
  });

  test('only cli.ts ends the process', () => {
    expect(
      filesWith(/\bprocess\s*\.\s*(exit|abort|reallyExit)\s*\(/).filter((path) => path !== 'cli.ts'),
    ).toEqual([]);
  });

  test('zod is imported as a namespace: by its name `z`, all of it would be in the build and in memory', () => {
    expect(filesWith(/import \{[^}]*\bz\b[^}]*\} from 'zod'/)).toEqual([]);
  });

  test('only make-folder.ts makes folders with those above them: elsewhere that could go on for ever', () => {
    expect(filesWith(/\bmkdir(?:Sync)?\([^;]*\brecursive\b/)).toEqual([]);
  });

  test('the page takes types alone of what leaves the program, and makes no HTML of a text', () => {
    const page = files.filter(({ room }) => room === 'page');
    expect(page.length).toBeGreaterThan(20);
    const loading = /import (?!type\b)[^;]* from '[./]+\/wire\//;
    const html =
      /dangerouslySetInnerHTML|\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function/;
    expect(page.filter(({ text }) => loading.test(text) || html.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });

  test('only clock.ts touches real time, and in the browser browser-clock.ts', () => {
    const pattern =
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bset(Timeout|Interval)\(|timers\/promises/;
    // What this one measures is whether the timers of this very process fire.
    const watchdog = 'supervisor/upkeep/loop-watchdog.ts';
    const others = [watchdog, 'page/browser-clock.ts'];
    expect(filesWith(pattern, 'clock').filter((path) => !others.includes(path))).toEqual([]);
  });
});

test('limits have the names of the field: MAX_, MIN_, DEFAULT_ or a batch size, with the unit last', () => {
  const others =
    /\b(?:const|let|readonly|static)\s+#?(?:[A-Z0-9]+_)*(?:MOST|LEAST|LONGEST|SHORTEST|LARGEST|SMALLEST|FURTHEST|FEWEST|USUAL|AT_ONCE|PATIENCE)(?:_[A-Z0-9]+)*\b/;
  const unitFirst = /\bconst (?:MAX|MIN|DEFAULT)_(?:MS|SECONDS|BYTES|MB|DAYS)_\w/;
  const wrong = [...files, ...testFiles].filter(({ text }) => others.test(text) || unitFirst.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('a test that waits for a state waits as long as all others: vi.waitFor alone gives up after a second', () => {
  const waiting = testFiles.filter(({ text }) => text.includes('vi.waitFor' + '('));
  expect(waiting.map(({ path }) => path)).toEqual(['eventually.ts']);
});

function roomsImportedBy({ imports }: SourceFile): string[] {
  return imports.map(roomOf);
}

function filesWith(pattern: RegExp, except?: string): string[] {
  return files.filter(({ room, text }) => room !== except && pattern.test(text)).map(({ path }) => path);
}

/** Every circle of imports, told once, from its first file on. */
function circles(): string[] {
  const importsAt = new Map(files.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const imported of importsAt.get(path) ?? []) walk(imported, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return found;
}
