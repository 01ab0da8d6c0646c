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
  for (const [key, { default: standard }] of Object.entries(properties)) {
    if (key === '$schema') continue;
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${key}\` |`));
    expect(row, key).toBeDefined();
    if (standard !== undefined) expect(row, key).toContain(`\`${JSON.stringify(standard)}\``);
  }
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
  for (const command of commands) {
    if (command !== 'bridge') expect(readme, command).toMatch(new RegExp(`\`(mcp )?${command}[ \`]`));
  }
});

test('the README has every front matter key, in the order of the declaration, and says what it is', () => {
  const [, block = ''] = /^```\n---\n(.*?)^---$/ms.exec(readme) ?? [];
  const keys = [...block.matchAll(/^(\w+): .* # .+$/gm)].map(([, key]) => key);
  expect(keys).toEqual(SETTING_NAMES);
});
