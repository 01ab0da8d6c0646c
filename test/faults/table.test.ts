/** The table of faults names each test, and only tests that there are. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testTitles } from '../house/test-titles.ts';

const FOLDER = new URL('./', import.meta.url);
const OF_FAULTS = 'faults';
/** Faults under a service manager are among the tests of the service, which tell of more than faults. */
const OF_SERVICES = 'service';

/** `'…: goes on'` with a part that each case fills in is told by what all of them share. */
const FILLED_IN = /^(\$what|%s)/;

test('docs/faults.md names every test of a fault, and no other', () => {
  const page = readFileSync(new URL('../../docs/faults.md', FOLDER), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.endsWith('` |'));
  const named = rows.map((row) => row.slice(row.indexOf('`') + 1, -3));
  const titles = titlesOf(OF_FAULTS);
  const all = [...titles, ...titlesOf(OF_SERVICES)];
  const fits = (title: string, name: string) =>
    FILLED_IN.test(title) ? name.endsWith(title.replace(FILLED_IN, '')) : name === title;
  expect(titles.filter((title) => !named.some((name) => fits(title, name)))).toEqual([]);
  expect(named.filter((name) => !all.some((title) => fits(title, name)))).toEqual([]);
  expect(titles.length).toBeGreaterThan(60);
});

test('docs/faults.md names an existing test for every other promise', () => {
  const root = new URL('../../', FOLDER);
  const page = readFileSync(new URL('docs/faults.md', root), 'utf8');
  const rows = [...page.matchAll(/^\| .* \| `(.+)` in (test\/\S+\.test\.ts) \|$/gm)];
  const missing = rows.filter(([, title = '', file = '']) => {
    const source = readFileSync(new URL(file, root), 'utf8').replaceAll(/[`\\]/g, '');
    return !source.includes(title);
  });
  expect(missing.map(([row]) => row)).toEqual([]);
  expect(rows.length).toBeGreaterThan(50);
});

function titlesOf(folder: string): string[] {
  return testTitles(folder)
    .filter(({ path }) => path !== 'faults/table.test.ts')
    .map(({ title }) => title.replaceAll(/[`\\]/g, ''));
}
