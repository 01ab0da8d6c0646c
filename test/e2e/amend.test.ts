/** A plan that is amended while Claude works on it, and after it was submitted. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createGate } from '../../src/simulator/gate.ts';
import { call, gated, say } from '../../src/simulator/reply.ts';
import { bridgeCall, type Rig, test } from './rig.ts';

async function amend(rig: Rig, id: string, plan: string) {
  await writeFile(join(rig.root, 'plan.md'), plan);
  return rig.command('amend', id, 'plan.md', '--json');
}

const submit = (summary: string) => bridgeCall('bridge_send_completion', { summary });

const revisions = ({ runs }: Awaited<ReturnType<Rig['details']>>) =>
  runs.map(({ kind, planRevision }) => [kind, planRevision]);

describe('amending a plan', () => {
  test('a run under way is told of an amended plan, what it submits names the revision, and submitted work is reopened by the next amendment', async ({
    rig,
  }) => {
    const folder = await rig.workspace('site');
    const file_path = join(folder, 'a.txt');
    rig.script = (turn) => {
      const told = turn.userTexts.join();
      if (turn.toolResults.some(({ text }) => text.includes('End your turn now'))) return say('Submitted.');
      if (told.includes('Write a and b.')) return submit('Wrote b too');
      // Refused until the supervisor knows that Claude has taken the new plan in.
      if (told.includes('but short')) return submit('Wrote a');
      return turn.toolResults.length === 0
        ? call('Write', { file_path, content: 'one' })
        : call('Read', { file_path });
    };
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: site\n---\n# Files\nWrite a.');
    await rig.asks('Write a.');
    const amended = await amend(rig, id, '# Files\nWrite a, but short.');
    expect(JSON.parse(amended.stdout)).toMatchObject({ revision: 2, reopened: false });
    const first = await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect(revisions(first)).toEqual([['execute', 2]]);
    expect(first.evidence[0]?.evidence.planRevision).toBe(2);
    expect(rig.asked().at(-1)?.userTexts.join()).toContain('Write a, but short.');

    expect(JSON.parse((await amend(rig, id, '# Files\nWrite a and b.')).stdout)).toMatchObject({
      revision: 3,
      reopened: true,
    });
    const second = await rig.until(id, 'awaiting_approval');
    expect(second.project.round).toBe(2);
    expect(revisions(second)).toEqual([
      ['execute', 2],
      ['revise', 3],
    ]);
    expect(second.evidence.at(-1)?.evidence.planRevision).toBe(3);
    const stale = await rig.command('approve', id, '--round', '1', '--yes');
    expect(stale).toMatchObject({ code: 1, stdout: '' });
    expect(stale.stderr).toContain('round 1 is not the one under way (2)');
    const told = rig.asked().at(-1)?.userTexts.join() ?? '';
    expect(told).toContain('Write a and b.');
    const shown = JSON.parse((await rig.command('show', id, '--json')).stdout);
    expect(shown.plan_revisions.map(({ revision }: { revision: number }) => revision)).toEqual([1, 2, 3]);
    expect(shown.markdown).toContain('Write a and b.');
  });

  test('a run that a killed supervisor left is interrupted by an amendment, and the next begins with the new plan', async ({
    rig,
  }) => {
    const gate = createGate();
    rig.script = (turn) => {
      if (turn.toolResults.length > 0) return say('Submitted.');
      return turn.mentions('by hand') ? submit('By hand') : gated(gate, submit('By machine'));
    };
    const id = await rig.send('# Sort\nSort it by machine.');
    const supervisor = await rig.startSupervisor();
    await rig.asks('by machine');
    await supervisor.end('SIGKILL');
    expect((await amend(rig, id, '# Sort\nSort it by hand.')).code).toBe(0);
    await rig.startSupervisor();
    const { runs, completions } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome, planRevision }) => [outcome?.kind ?? 'open', planRevision])[0]).toEqual([
      'interrupted',
      1,
    ]);
    expect(runs.at(-1)).toMatchObject({ kind: 'resume', planRevision: 2 });
    expect(completions.map(({ summary }) => summary)).toEqual(['By hand']);
    gate.open();
  });
});
