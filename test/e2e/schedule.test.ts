/** A plan that is done again and again, from the command line to Claude. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { projects } from '../../src/bridge/queries.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { say } from '../../src/simulator/reply.ts';
import { tamper } from '../store/raw.ts';
import { bridgeCall, type Rig, test, waitUntil } from './rig.ts';

const HOUR = 3_600_000;
const all = (rig: Rig) => projects(rig.bridge, { limit: 100 });

describe('a schedule', () => {
  test('twelve hours of downtime give one project, which Claude does, and neither a killed supervisor nor the next gives another', async ({
    rig,
  }) => {
    rig.script = (turn) =>
      turn.toolResults.length > 0 ? say('ok') : bridgeCall('bridge_send_completion', { summary: 'Swept' });
    // Each two hours: the slot before this one is at least some minutes ago, the next one as far away.
    const hour = new Date(Date.now() - HOUR).getUTCHours();
    const cron = `30 ${hour % 2}-23/2 * * *`;
    await writeFile(
      join(rig.root, 'sweep.md'),
      `---\nschedule: '${cron}'\ntimezone: UTC\n---\n# Sweep\nSweep the yard.`,
    );
    const sent = JSON.parse((await rig.command('send', 'sweep.md', '--json')).stdout);
    const { id, next_slot } = sent.schedule;
    expect(Date.parse(next_slot)).toBeGreaterThan(Date.now());
    expect(await all(rig)).toEqual([]);
    const downSince = new Date(Date.now() - 12 * HOUR).toISOString();
    tamper(rig.home, 'UPDATE schedules SET last_slot = ? WHERE id = ?', downSince, id);

    const first = await rig.startSupervisor();
    await waitUntil(async () => (await all(rig)).length > 0, 'a project of the schedule');
    await first.end('SIGKILL');
    await rig.startSupervisor();
    const [made, ...others] = await all(rig);
    expect(others).toEqual([]);
    expect(made).toMatchObject({ title: 'Sweep', scheduleId: id });
    if (!made) throw new Error('there is no project');
    await rig.until(made.id, 'awaiting_approval');
    expect(rig.asked()[0]?.userTexts.join()).toContain('Sweep the yard.');
    const listed = await rig.command('schedule', 'list');
    expect(listed.stdout).toContain(`not while ${made.id} is open`);
    await approve(rig.bridge, made.id, 'desktop');
    await rig.until(made.id, 'complete');

    const paused = await rig.command('schedule', 'pause', id.slice(0, 5), '--json');
    expect(JSON.parse(paused.stdout)).toMatchObject({ state: 'paused', next_slot: null, open_project: null });
    const run = JSON.parse((await rig.command('schedule', 'run', id, '--json')).stdout);
    expect(run.project).toMatchObject({ schedule_id: id, slot: null });
    await rig.until(run.project.id, 'awaiting_approval');
    expect(await all(rig)).toHaveLength(2);
    expect((await rig.command('schedule', 'remove', id)).stdout).toContain('is removed');
    expect(JSON.parse((await rig.command('schedule', 'list', '--json')).stdout)).toEqual([]);
  });
});
