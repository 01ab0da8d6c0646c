/**
 * The supervisor dies, or its disk refuses, at every single point where it makes something durable. strace ends it, or
 * answers in the kernel's place, at its n-th system call of a kind; n grows until a whole run goes through untouched.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Rig } from '../e2e/rig.ts';
import { init, result, submit, update } from './puppet.ts';
import { has, test } from './rig.ts';

interface Fault {
  readonly what: string;
  /** System calls; of several only the one counts that this machine's libraries use. */
  readonly calls: string;
  readonly inject: string;
  /** At how many points it strikes at least; how many there are depends on when things happen. */
  readonly least: number;
}

const KILLED = 'signal=KILL';
/** SQLite is built with the one or the other. */
const SYNC = 'fsync,fdatasync';

const FAULTS: readonly Fault[] = [
  {
    what: 'the supervisor is killed at any of its writes to the disk',
    calls: SYNC,
    inject: KILLED,
    least: 5,
  },
  { what: 'the disk fails at any of its writes', calls: SYNC, inject: 'error=EIO', least: 5 },
  {
    what: 'the supervisor is killed as it makes the pipe to Claude',
    calls: 'socketpair',
    inject: KILLED,
    least: 1,
  },
  {
    what: 'the supervisor is killed as it starts Claude',
    calls: 'clone,vfork,fork',
    inject: KILLED,
    least: 1,
  },
];

/** More than any run has; a loop that goes on beyond it would not come to its end. */
const MAX_POINTS = 40;

describe.skipIf(!has('strace'))(
  'faults at every point of claiming, starting, recording and verifying a run (needs strace)',
  () => {
    test.for(FAULTS)('$what: the next supervisor goes on, and nothing runs twice', async (fault, {
      rig,
      puppet,
    }) => {
      await puppet.plays([init(), update('Half way'), submit(), result()]);
      let points = 0;
      while (await strikes(rig, fault, points + 1)) {
        points += 1;
        expect(points).toBeLessThan(MAX_POINTS);
      }
      expect(points).toBeGreaterThanOrEqual(fault.least);
    });
  },
);

/** Sends a plan to a supervisor that meets the fault at its n-th call, and lets another one bring it to its end. */
async function strikes(rig: Rig, fault: Fault, n: number): Promise<boolean> {
  const id = await rig.send(`# Point ${n}\nDo it.`);
  const notes = join(rig.root, `strace-${n}`);
  const inject = `inject=${fault.calls}:${fault.inject}:when=${n}`;
  const strace = ['strace', '-D', '-q', '-o', notes, '-e', `trace=${fault.calls}`, '-e', inject];
  // Without git Claude is all that is started: each measurement starts git dozens of times.
  const withoutGit = ['env', `PATH=${join(rig.root, 'no-programs')}`];
  const supervisor = rig.launch(['run'], [...strace, ...withoutGit]);
  const done = rig.happened('project.verified', id);
  done.catch(() => undefined);
  await Promise.race([supervisor.ended, done]);
  await supervisor.end('SIGTERM');

  const next = await rig.startSupervisor();
  await rig.until(id, 'awaiting_approval');
  expect(await next.end('SIGTERM')).toEqual({ code: 0, signal: null });
  return (await readFile(notes, 'utf8')).includes(
    fault.inject === KILLED ? '+++ killed by SIGKILL' : 'INJECTED',
  );
}
