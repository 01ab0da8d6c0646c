// Says what test runs came to: by name the tests that failed, that were skipped, and that needed a second try; then the
// closing line. Fails when a test failed, or none ran. Usage: node summary.mjs RESULTS...
import { readFileSync } from 'node:fs';

const results = process.argv.slice(2).flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  return text === ''
    ? { file: 'no file', name: 'a run that left no results', state: 'failed' }
    : JSON.parse(text);
});
const inState = (wanted) => results.filter(({ state }) => state === wanted);
const list = (word, tests) => {
  for (const { name, file, reason } of tests)
    console.log(`${word}: ${name} (${file})${reason ? `: ${reason}` : ''}`);
};

const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(inState);
list('skipped', skipped);
list(
  'FLAKY',
  results.filter(({ flaky }) => flaky),
);
list('FAILED', failed);
console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
process.exitCode = failed.length > 0 || passed.length === 0 ? 1 : 0;
