/** Every decision says when it was made, whether it holds, and what else was thought of. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const [, ...decisions] = readFileSync('docs/decisions.md', 'utf8').split(/^## /m);

test.each(
  decisions.map((text): [string, string] => [text.split('\n')[0] ?? '', text]),
)('the decision "%s" has its date, its status, what was rejected and what it costs', (_, text) => {
  expect(text).toMatch(/^.+\n\n\*\d{4}-\d{2}-\d{2}, (accepted|replaced by .+)\.\*\n/);
  const parts = [...text.matchAll(/^(\w+): \S/gm)].map(([, part]) => part);
  expect(parts).toEqual(['Context', 'Choice', 'Rejected', 'Cost']);
});
