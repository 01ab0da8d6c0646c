import { describe, expect } from 'vitest';
import { finish } from '../../src/bridge/finish.ts';
import { approve } from '../../src/bridge/reviews.ts';
import type { Project } from '../../src/project/project.ts';
import { granted, type Rig, test } from './rig.ts';
import { parked, submitted } from './stories.ts';

async function completed(rig: Rig, markdown: string): Promise<Project> {
  const project = await submitted(await rig.bridge, await rig.send(markdown));
  granted(await approve(await rig.bridge, project.id, 'person'));
  return granted(await finish(await rig.bridge, project.id, 'supervisor'));
}

describe('list', () => {
  test('list shows open projects, newest first; --all shows closed ones too', async ({ rig }) => {
    const done = await completed(rig, '# The done one\n\nx\n');
    const open = await rig.send('# The open one\n\nx\n');
    const some = await rig.run('list');
    expect(some.code).toBe(0);
    expect(some.stdout.split('\n')[0]).toMatch(/^ID +STATUS +SENT +CHANGED +TITLE$/);
    expect(some.stdout).toMatch(new RegExp(`^${open.id} pending +\\S.* The open one$`, 'm'));
    expect(some.stdout).not.toContain(done.id);
    const all = await rig.run('list', '--all', '--json');
    expect((JSON.parse(all.stdout) as Project[]).map(({ id }) => id)).toEqual([open.id, done.id]);
  });

  test('list narrows with --status and --limit, and says when there is more', async ({ rig }) => {
    await parked(await rig.bridge, await rig.send('# A\n\nx\n'));
    for (const name of ['B', 'C', 'D']) await rig.send(`# ${name}\n\nx\n`);
    const attention = await rig.run('list', '--status', 'attention', 'rejected', '--json');
    expect((JSON.parse(attention.stdout) as Project[]).map(({ title }) => title)).toEqual(['A']);
    const two = await rig.run('list', '--limit', '2');
    expect(two.stdout.trim().split('\n')).toHaveLength(3);
    expect(two.stderr).toBe('There are more: add --limit 4.\n');
  });

  test('list without projects gives a hint on stderr and an empty JSON array', async ({ rig }) => {
    expect(await rig.run('list')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No project is open. Add --all to see closed ones.\n',
    });
    expect(JSON.parse((await rig.run('list', '--json')).stdout)).toEqual([]);
  });
});

describe('show', () => {
  test('show tells the whole story of a project and what is next', async ({ rig }) => {
    const { id } = await submitted(
      await rig.bridge,
      await rig.send('# Import\n\nRead CSV.\n'),
      'It reads CSV.',
    );
    const { code, stdout } = await rig.run('show', id);
    expect(code).toBe(0);
    for (const words of [
      'Import',
      `${id} · awaiting_approval · round 1`,
      'Read CSV.',
      'It reads CSV.',
      'Created: src/new.ts',
      'Modified: README.md',
      'Caveats: not on Windows',
      'No decision yet.',
      'work submitted',
      'half of it works',
      `bridge-supervisor approve ${id}`,
    ])
      expect(stdout).toContain(words);
  });

  test('show --json holds everything under documented names, and nothing internal', async ({ rig }) => {
    const { id } = await submitted(await rig.bridge, await rig.send('# Import\n\nRead CSV.\n'));
    const { stdout } = await rig.run('show', id, '--json');
    const story = JSON.parse(stdout);
    expect(Object.keys(story)).toEqual([
      'project',
      'waits_for',
      'markdown',
      'plan_revisions',
      'runs',
      'rounds',
      'worktree',
      'revision',
      'requests',
      'updates',
      'waiting_messages',
      'spent_usd',
      'runs_of_unknown_cost',
      'next',
    ]);
    expect(story).toMatchObject({
      project: { id, status: 'awaiting_approval', round: 1 },
      markdown: '# Import\n\nRead CSV.\n',
      runs: [{ project_id: id, outcome: { kind: 'submitted' }, cost_usd: 0.5 }],
      rounds: [{ files_created: ['src/new.ts'], files_modified: ['README.md'], decision: null }],
      updates: [{ message: 'half of it works' }],
      spent_usd: 0.5,
    });
    expect(stdout).not.toMatch(/pid_started_at|fingerprint|[a-z][A-Z]\w*":/);
  });

  test('show cuts a long plan, and says where the whole is kept', async ({ rig }) => {
    const { id } = await rig.send(`# Long\n\n${'A line of the plan.\n'.repeat(100)}`);
    const { stdout } = await rig.run('show', id);
    expect(stdout).toMatch(/… \d+ more lines/);
    expect(stdout.replaceAll(/\s+/g, '')).toContain(`Wholeplan:${rig.home}/plans/${id}.md`);
  });
});
