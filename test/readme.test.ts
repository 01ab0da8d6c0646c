/** The README and the program say the same. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { main } from '../src/cli/main.ts';
import { configJsonSchema } from '../src/config.ts';
import { SETTING_NAMES } from '../src/project/settings.ts';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

test('the README has every config key, with its default', () => {
  const { properties } = configJsonSchema() as { properties: Record<string, { default?: unknown }> };
  const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
  const missing = Object.entries(properties)
    .filter(([key]) => key !== '$schema')
    .map(([key, { default: value }]) => ({
      start: `| \`${key}\` |`,
      value: value === undefined ? '' : `\`${JSON.stringify(value)}\``,
    }))
    .filter(({ start, value }) => !rows.some((row) => row.startsWith(start) && row.includes(value)))
    .map(({ start, value }) => `${start} ${value} | … |`);
  expect(missing, 'add these rows to README.md, or correct their defaults').toEqual([]);
});

test('the README has every command the program lists', async () => {
  const written: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  try {
    await main(['--help'], {}, []);
  } finally {
    process.stdout.write = write;
  }
  const commands = [...written.join('').matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(20);
  const missing = commands.filter(
    (command) => command !== 'bridge' && !new RegExp(`\`(mcp )?${command}[ \`]`).test(readme),
  );
  expect(missing, 'describe these commands in README.md').toEqual([]);
});

test('the README has every front matter key, in the order of the declaration, and says what it is', () => {
  const [, block = ''] = /^```\n---\n(.*?)^---$/ms.exec(readme) ?? [];
  const keys = [...block.matchAll(/^(\w+): .* # .+$/gm)].map(([, key]) => key);
  expect(keys).toEqual(SETTING_NAMES);
});
