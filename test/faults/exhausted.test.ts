/** The machine has nothing left of something: no run is spent on that, and it passes. */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { currentHolds } from '../../src/bridge/holds.ts';
import { init, result, submit, wait } from './puppet.ts';
import { has, test } from './rig.ts';

describe('a supervisor out of open files', () => {
  test.skipIf(!has('prlimit'))(
    'the queue waits while no more files may be opened: nothing is spent, the run under way ends well (needs prlimit)',
    async ({ rig, puppet }) => {
      const first = await rig.send('# Under way\nDo it.');
      await puppet.playsFor(first, [init(), wait('short'), submit(), result()]);
      const supervisor = await rig.startSupervisor();
      await puppet.reached('short');
      await rig.happened('run.ready', first);
      const open = (await readdir(`/proc/${supervisor.pid}/fd`)).length;
      const limit = (files: number) =>
        execFileSync('prlimit', ['--pid', String(supervisor.pid), `--nofile=${files}:`]);
      limit(open + 1);
      const id = await rig.send('# Held\nDo it.');
      await rig.happened('hold.set');
      expect(await currentHolds(rig.bridge)).toMatchObject([
        { kind: 'disk_low', reason: expect.stringContaining('EMFILE') },
      ]);
      await puppet.open('short');
      await rig.until(first, 'awaiting_approval');
      limit(1_000);
      await rig.happened('run.ended', first);
      const { project, runs } = await rig.details(id);
      expect(project).toMatchObject({ status: 'in_progress', tries: 0 });
      expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['machine_exhausted']);
      await rig.command('resume');
      await rig.until(id, 'awaiting_approval');
      await rig.noHolds();
      expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    },
  );
});
