import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processesMarked } from '../../src/machine/marked.ts';
import { parseMarks } from '../../src/machine/processes-ps.ts';
import { onWindows } from '../platform.ts';

const MARK = 'MARKED_TEST';

test.skipIf(onWindows)(
  'every process that carries a mark is found with its value (needs ps or /proc)',
  async () => {
    const values = [`${process.pid}-one`, `${process.pid}-two`];
    const children = values.map((value) =>
      spawn('sleep', ['1000'], { env: { PATH: '/usr/bin:/bin', [MARK]: value }, stdio: 'ignore' }),
    );
    try {
      await Promise.all(children.map((child) => once(child, 'spawn')));
      // A program that is just being loaded shows no environment for a moment.
      await expect
        .poll(async () => (await processesMarked(MARK)).map(({ pid, value }) => ({ pid, value })))
        .toEqual(expect.arrayContaining(children.map(({ pid }, index) => ({ pid, value: values[index] }))));
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map((child) => once(child, 'exit')));
    }
  },
);

test("ps output: the mark's value is read behind the arguments, not in them", () => {
  const plain = ' 10 node cli.js\n 11 grep RUN=r1\n 12 sleep 5';
  const full = ' 10 node cli.js PATH=/bin RUN=r2 HOME=/\n 11 grep RUN=r1 HOME=/\n 12 sleep 5 XRUN=r3';
  expect(parseMarks(plain, full, 'RUN')).toEqual(new Map([[10, 'r2']]));
});
