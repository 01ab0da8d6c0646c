import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import type { Cli } from '../../src/cli/context.ts';
import { takingYes } from '../../src/cli/main.ts';
import { systemClock } from '../../src/clock.ts';

test.for(COMMANDS)('the table and the command $name say the same', async ({ name, usage, load }) => {
  const cli = { env: {}, stateDir: '/nowhere', clock: systemClock, selfCommand: [], exitCode: 0 };
  const command = takingYes(await load(cli as unknown as Cli));
  expect(command.name()).toBe(name);
  const options = command.options.length > 0 ? ['[options]'] : [];
  const args = command.registeredArguments.map((argument) => {
    const dots = argument.variadic ? '...' : '';
    return argument.required ? `<${argument.name()}${dots}>` : `[${argument.name()}${dots}]`;
  });
  expect([...options, ...args].join(' ')).toBe(usage);
  // Its sentence stands in the table alone.
  expect(command.description()).toBe('');
});

test('the help loads no command, no store, no configuration and no zod', async () => {
  const loaded = await loadedBy('src/cli/main.ts');
  expect(loaded).toContain('src/cli/command-table.ts');
  expect(
    loaded.filter((path) =>
      /^src\/(cli\/commands|bridge|store\/sqlite|config\.ts|config-schema)|kysely|zod/.test(path),
    ),
  ).toEqual([]);
});

test('the version is printed without the command line', async () => {
  const loaded = await loadedBy('src/cli/launch.ts');
  expect(loaded.filter((path) => /node_modules|^src\/cli\/(main|command)/.test(path))).toEqual([]);
});

/** The source files that are loaded at once with this one, in the bundle. */
async function loadedBy(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    outdir: 'unwritten',
    external: ['better-sqlite3', 'react-devtools-core'],
    logLevel: 'silent',
  });
  const chunks = new Set<string>();
  const load = (chunk: string) => {
    if (chunks.has(chunk)) return;
    chunks.add(chunk);
    for (const { path, kind } of metafile.outputs[chunk]?.imports ?? [])
      if (kind === 'import-statement') load(path);
  };
  load(`unwritten/${entry.replace(/^.*\//, '').replace('.ts', '.js')}`);
  return [...chunks].flatMap((chunk) => Object.keys(metafile.outputs[chunk]?.inputs ?? {}));
}
