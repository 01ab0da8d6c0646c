import { expect, test } from 'vitest';
import { identify } from '../../src/machine/identity.ts';
import { runProgram, runProgramBytes } from '../../src/machine/program.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';

const node = (script: string, timeoutMs = 10_000) =>
  runProgram(process.execPath, ['-e', script], { env: { GIVEN: 'yes' }, timeoutMs });

test("a program's result is its exit code and its output", async () => {
  expect(await node('console.log(process.env.GIVEN); console.error("no"); process.exit(3)')).toEqual({
    code: 3,
    stdout: 'yes',
    stderr: 'no',
    failure: null,
  });
});

test('bytes go in and out as they are, up to a limit', async () => {
  const echo = ['-e', 'process.stdin.pipe(process.stdout)'];
  const input = Buffer.from([0xff, 0x00, 0x0a, 0x0a]);
  const run = (maxBytes?: number) =>
    runProgramBytes(process.execPath, echo, { env: {}, input, ...(maxBytes && { maxBytes }) });
  expect(await run()).toEqual({ code: 0, stdout: input, stderr: '', failure: null });
  expect(await run(2)).toMatchObject({ code: null, stdout: input.subarray(0, 2), failure: 'too-long' });
});

test('a program is killed when its caller stops', async () => {
  const stop = new AbortController();
  const forEver = ['-e', 'setInterval(() => {}, 1000)'];
  const running = runProgramBytes(process.execPath, forEver, { env: {}, signal: stop.signal });
  stop.abort();
  expect(await running).toMatchObject({ code: null, failure: 'stopped' });
  expect(await runProgramBytes('/not/there', [], { env: {}, signal: stop.signal })).toMatchObject({
    failure: 'stopped',
  });
});

// There a program without `.exe` is started through the command interpreter, which exists.
test.skipIf(onWindows)('a missing program is a result, not an exception (not on Windows)', async () => {
  expect(await runProgram('/not/there', [], { env: {} })).toMatchObject({ code: null, failure: 'missing' });
});

test('a program that does not end is killed', async () => {
  expect(await node('setInterval(() => {}, 1000)', 300)).toMatchObject({ code: null, failure: 'late' });
});

test.skipIf(onWindows)(
  'a program that does not end is killed with its children, even while they hold its output open (needs sh)',
  async () => {
    const script = 'sleep 60 & echo $!; wait';
    const { failure, stdout } = await runProgram('/bin/sh', ['-c', script], {
      env: { PATH: '/usr/bin:/bin' },
      timeoutMs: 300,
    });
    expect(failure).toBe('late');
    await eventually(async () => expect(await identify(Number(stdout))).toBeUndefined());
  },
);

test.skipIf(onWindows)("a program's leftovers are not waited for (needs sh)", async () => {
  const script = 'sleep 60 & echo $!';
  const { code, failure, stdout } = await runProgram('/bin/sh', ['-c', script], {
    env: { PATH: '/usr/bin:/bin' },
  });
  process.kill(Number(stdout), 'SIGKILL');
  expect({ code, failure }).toEqual({ code: 0, failure: null });
});

test('an impossible environment variable is a result, not an exception', async () => {
  expect(await runProgram(process.execPath, [], { env: { A: 'one\0two' } })).toEqual({
    code: null,
    stdout: '',
    stderr: '',
    failure: 'other',
  });
});
