import { describe, expect } from 'vitest';
import { tamper } from '../store/raw.ts';
import { test } from './rig.ts';

const PLAN = "---\nschedule: '0 6 * * 1'\ntimezone: Europe/Berlin\n---\n# Sweep the yard\n";

describe('schedule', () => {
  test('a plan with a schedule is announced with its first time, listed, shown and changed by the beginning of its id', async ({
    rig,
  }) => {
    const plan = await rig.file('plan.md', PLAN);
    const sent = await rig.run('send', plan);
    expect(sent.stdout).toMatch(
      /^Scheduled: [0-9a-f]{12} \(Sweep the yard\), 0 6 \* \* 1 in Europe\/Berlin\nIt begins first at .+ \(in .+\)\.\n/,
    );
    const id = /Scheduled: ([0-9a-f]{12})/.exec(sent.stdout)?.[1] ?? '';
    expect((await rig.run('list')).stdout).not.toContain('Sweep');
    const listed = (await rig.run('schedule', 'list')).stdout;
    expect(listed).toContain(`${id}  Sweep the yard\n  0 6 * * 1 in Europe/Berlin`);
    for (const line of listed.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await rig.run('schedule', 'show', id.slice(0, 4))).stdout).toMatch(
      /\nPlan\n {2}# Sweep the yard\n/,
    );
    expect((await rig.run('schedule', 'pause', id)).stdout).toBe(
      `Schedule ${id} (Sweep the yard) is paused.\n`,
    );
    const unknown = await rig.run('schedule', 'show', 'ffff');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('schedule not found: ffff');
  });

  test('a schedule gets another plan by the beginning of its id, and says so while it is paused', async ({
    rig,
  }) => {
    const { schedule } = JSON.parse(
      (await rig.run('send', await rig.file('plan.md', PLAN), '--json')).stdout,
    );
    const next = await rig.file(
      'next.md',
      PLAN.replace('0 6', '0 7').replace('---\n#', 'owner: ann\n---\n#'),
    );
    const id = schedule.id as string;
    expect((await rig.run('schedule', 'amend', id.slice(0, 4), next)).stdout).toContain(
      `Schedule ${id} (Sweep the yard) is amended.\n`,
    );
    expect(JSON.parse((await rig.run('schedule', 'show', id, '--json')).stdout)).toMatchObject({
      cron: '0 7 * * 1',
      markdown: expect.stringContaining('owner: ann'),
    });
    expect(await rig.run('schedule', 'amend', id, next)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this is the plan already'),
    });
    await rig.run('schedule', 'pause', id);
    const last = await rig.file('last.md', PLAN);
    expect((await rig.run('schedule', 'amend', id, last)).stdout).toContain(
      `It is paused: go on with 'schedule resume ${id}'.`,
    );
    expect((await rig.run('schedule', 'amend', 'ffff', last)).stderr).toContain('schedule not found: ffff');
    expect((await rig.run('schedule', 'amend', id, 'nowhere.md')).stderr).toContain(
      'nowhere.md could not be read',
    );
  });

  test('a schedule that paused itself is among the warnings of status, with the command that resumes it', async ({
    rig,
  }) => {
    const plan = await rig.file('plan.md', PLAN);
    const { schedule } = JSON.parse((await rig.run('send', plan, '--json')).stdout);
    tamper(rig.home, "UPDATE schedules SET state = 'paused', problem = 'the folder is gone.'");
    const { warnings } = JSON.parse((await rig.run('status', '--json')).stdout);
    expect(warnings).toContain(
      `The schedule ${schedule.id} (Sweep the yard) is paused: the folder is gone. Then say: bridge-supervisor schedule resume ${schedule.id}`,
    );
    expect((await rig.run('schedule', 'list')).stdout).toContain('accepted any more: the folder is gone.');
  });
});
