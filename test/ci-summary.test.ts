/** What CI says at its end, of test runs that are started here by a vitest of their own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs these files as CI does, with one second try; returns where the results are. */
function testRun(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'summary-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const results = join(folder, 'results.json');
  const args = [
    'run',
    `--root=${folder}`,
    '--globals',
    '--retry=1',
    `--reporter=${resolve('.ci/results.mjs')}`,
  ];
  const ran = spawnSync(process.execPath, [vitest, ...args], {
    cwd: folder,
    env: { ...process.env, ...env, TEST_RESULTS: results },
    encoding: 'utf8',
  });
  expect(ran.stderr).not.toContain('Startup Error');
  return results;
}

function summary(...results: string[]): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(process.execPath, ['.ci/summary.mjs', ...results], {
    encoding: 'utf8',
  });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('a test that passes at its second try is listed as FLAKY by its full name, before the closing line', () => {
  const flaky = `
    let tries = 0;
    describe('a room', () => {
      test('in good order', () => undefined);
      test('that needs two looks', () => { if (++tries === 1) throw new Error('too early'); });
    });`;
  expect(summary(testRun({ 'flaky.test.mjs': flaky }))).toEqual({
    status: 0,
    lines: ['FLAKY: a room > that needs two looks (flaky.test.mjs)', '2 passed, 0 failed, 0 skipped'],
  });
});

test('a test that begins after the deadline is skipped by name, and one without a deadline runs', () => {
  const files = {
    'late.test.mjs': `test('takes its time', () => undefined);`,
    'vitest.config.mjs': `export default { test: { setupFiles: [${JSON.stringify(resolve('test/in-time.ts'))}] } };`,
  };
  expect(summary(testRun(files, { TEST_DEADLINE: '1' })).lines).toEqual([
    'skipped: takes its time (late.test.mjs): no time was left for it; npm run test:slow runs it',
    '0 passed, 0 failed, 1 skipped',
  ]);
  expect(summary(testRun(files)).lines).toEqual(['1 passed, 0 failed, 0 skipped']);
});

test('the results of several runs are one sum, the skipped ones by name with the reason', () => {
  const first = testRun({
    'one.test.mjs': `
      test('works', () => undefined);
      test.skip('on a moon (needs a moon)', () => undefined);
      test('in the dark', ({ skip }) => skip('needs a night'));`,
  });
  const second = testRun({ 'two.test.mjs': `test('works too', () => undefined);` });
  expect(summary(first, second)).toEqual({
    status: 0,
    lines: [
      'skipped: on a moon (needs a moon) (one.test.mjs)',
      'skipped: in the dark (one.test.mjs): needs a night',
      '2 passed, 0 failed, 2 skipped',
    ],
  });
});

test('whatever fails in or around a test fails the summary, by name', () => {
  const results = testRun({
    'a-test.test.mjs': `test('that fails twice', () => { throw new Error('no'); }); test('fine', () => undefined);`,
    'b-hook.test.mjs': `describe('a hook', () => {
      beforeAll(() => { throw new Error('no'); });
      test('behind it', () => undefined);
    });`,
    'c-file.test.mjs': `throw new Error('no');`,
    'd-crash.test.mjs': `test('that ends its worker', () => { process.kill(process.pid, 'SIGKILL'); });`,
    'e-promise.test.mjs': `test('that leaves a promise', () => { Promise.reject(new Error('nobody listens')); });`,
  });
  const { status, lines } = summary(results);
  expect(status).toBe(1);
  expect(lines.filter((line) => line.startsWith('FAILED: ')).sort()).toEqual([
    'FAILED: a hook (b-hook.test.mjs)',
    'FAILED: that ends its worker (d-crash.test.mjs)',
    'FAILED: that fails twice (a-test.test.mjs)',
    'FAILED: the file itself (c-file.test.mjs)',
    'FAILED: the file itself (d-crash.test.mjs)',
    'FAILED: unhandled error: [vitest-pool]: Worker forks emitted error. (no file)',
    'FAILED: unhandled error: nobody listens (no file)',
  ]);
  expect(lines.at(-1)).toBe('2 passed, 7 failed, 1 skipped');
});

test('a run without any test fails, and so does one that left no results', () => {
  const empty = join(tmpdir(), `no-results-${process.pid}`);
  onTestFinished(() => rmSync(empty));
  writeFileSync(empty, '');
  expect(summary(empty).lines).toEqual([
    'FAILED: a run that left no results (no file)',
    '0 passed, 1 failed, 0 skipped',
  ]);
  expect(summary(testRun({}))).toEqual({ status: 1, lines: ['0 passed, 0 failed, 0 skipped'] });
});
