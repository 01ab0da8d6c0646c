/** When a plan begins: in its turn, within its time, and after what it depends on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { approve } from '../../src/bridge/reviews.ts';
import { asProjectId } from '../../src/project/ids.ts';
import { say } from '../../src/simulator/reply.ts';
import { tamper } from '../store/raw.ts';
import { bridgeCall, test } from './rig.ts';

describe('the beginning of a plan', () => {
  test('a plan begins after the one it depends on is complete; one whose time has passed while nobody supervised is cancelled and said', async ({
    rig,
  }) => {
    rig.script = (turn) =>
      turn.toolResults.length > 0 ? say('ok') : bridgeCall('bridge_send_completion', { summary: 'Done' });
    const first = await rig.send('# First\nGo.');
    await writeFile(join(rig.root, 'second.md'), '# Second\nGo.');
    const sent = await rig.command('send', 'second.md', '--after', first.slice(0, 6), '--json');
    const then = asProjectId(JSON.parse(sent.stdout).project.id);
    expect(JSON.parse(sent.stdout).waits_for).toMatchObject([{ project_id: first, status: 'pending' }]);
    const late = await rig.send('---\nexpires: 1m\n---\n# Too late\nGo.');
    const shown = await rig.command('show', then);
    expect(shown.stdout).toMatch(new RegExp(`Waits for\n {2}${first} {2}pending: First`));
    expect((await rig.command('status')).stdout).toContain(`waits for ${first} (pending)`);
    tamper(rig.home, 'UPDATE projects SET expires_at = ? WHERE id = ?', '2026-01-01T00:00:00.000Z', late);

    await rig.startSupervisor();
    await rig.until(first, 'awaiting_approval');
    expect((await rig.details(then)).project.status).toBe('pending');
    expect(rig.asked().some(({ userTexts }) => userTexts.join().includes('# Plan: Second'))).toBe(false);
    await approve(rig.bridge, first, 'desktop');
    await rig.until(then, 'awaiting_approval');
    const { project, runs, updates } = await rig.until(late, 'cancelled');
    expect(runs).toEqual([]);
    expect(updates.at(-1)?.message).toContain(`had not begun by ${project.expiresAt}`);
    await rig.logged('project.expired');
  });
});
