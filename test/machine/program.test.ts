import { expect, test } from 'vitest';
import { runProgram } from '../../src/machine/program.ts';
import { onWindows } from '../platform.ts';

const node = (script: string, timeoutMs = 10_000) =>
  runProgram(process.execPath, ['-e', script], { env: { GIVEN: 'yes' }, timeoutMs });

test('the answer of a program is its exit code and what it said', async () => {
  expect(await node('console.log(process.env.GIVEN); console.error("no"); process.exit(3)')).toEqual({
    code: 3,
    stdout: 'yes',
    stderr: 'no',
    failure: null,
  });
});

// There a program without `.exe` is started through the command interpreter, which exists.
test.skipIf(onWindows)('a program that is missing is an answer too (not on Windows)', async () => {
  expect(await runProgram('/not/there', [], { env: {} })).toMatchObject({ code: null, failure: 'missing' });
});

test('a program that does not end is ended', async () => {
  expect(await node('setInterval(() => {}, 1000)', 300)).toMatchObject({ code: null, failure: 'late' });
});
