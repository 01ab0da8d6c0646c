import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { identify } from '../../src/machine/identity.ts';
import { onLinux } from '../platform.ts';
import { test } from './rig.ts';

const NODE = [
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
  '--input-type=module',
  '-e',
];
const machine = (name: string) =>
  JSON.stringify(new URL(`../../src/machine/${name}.ts`, import.meta.url).href);

/** A program that looks for a mark with so few descriptors left, and prints what it found. */
const LOOK = `
  import { closeSync, openSync } from 'node:fs';
  const { findMarked } = await import(${machine('sweep')});
  const { processesMarked } = await import(${machine('marked')});
  const { isAlive } = await import(${machine('identity')});
  const [, name, value, free, identity] = process.argv;
  // What is loaded at its first use is loaded now.
  await new Promise((resolve) => setTimeout(resolve, 1));
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {}
  for (let n = 0; n < Number(free); n += 1) closeSync(taken.pop());
  const answers = Promise.all([findMarked(name, value), processesMarked(name), isAlive(JSON.parse(identity))]);
  // With none left the first look of each has failed by now.
  if (free === '0') setTimeout(() => taken.splice(-3).forEach(closeSync), 100);
  const found = await answers;
  for (const fd of taken) closeSync(fd);
  console.log(JSON.stringify(found));`;

test.runIf(onLinux).for([3, 0])(
  'a process is found by its mark and known to live with %i descriptors left (needs /proc)',
  async (free, { rig }) => {
    const { name, value } = rig.mark;
    // Looked at before the one that is looked for: more than there are descriptors.
    const others = Array.from({ length: 40 }, () => spawn('sleep', ['1000'], { stdio: 'ignore' }));
    const marked = spawn('sleep', ['1000'], {
      stdio: 'ignore',
      env: { PATH: process.env.PATH, [name]: value },
    });
    try {
      await once(marked, 'spawn');
      const identity = await identify(marked.pid ?? 0);
      const args = [name, value, String(free), JSON.stringify(identity)];
      const shell = ['-c', 'ulimit -n 64 && exec "$@"', 'sh', process.execPath, ...NODE, LOOK, ...args];
      const [found, all, alive] = JSON.parse(execFileSync('sh', shell, { encoding: 'utf8' }));
      expect(found).toEqual([identity]);
      expect(all).toContainEqual({ ...identity, name: 'sleep', value });
      expect(alive).toBe(true);
    } finally {
      for (const child of [...others, marked]) child.kill('SIGKILL');
    }
  },
);
