import { describe, expect } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { updateProject } from '../../src/store/projects.ts';
import { closeRun } from '../../src/store/runs.ts';
import { budgetSchema } from '../../src/wire/schemas/budget.ts';
import { addRun, endedAt, id } from '../store/rows.ts';
import { type Rig, test } from './rig.ts';

/** A run that has ended a moment ago. */
async function spend(rig: Rig, usd: number | null, number: number): Promise<void> {
  const project = await rig.send(`# Work ${number}`);
  const at = new Date().toISOString();
  await databaseOf(await rig.bridge).write(async ({ trx }) => {
    const run = await addRun(trx, { id: id(number), project_id: project.id, created_at: at });
    const cost = usd === null ? ({ usd, basis: 'unknown' } as const) : ({ usd, basis: 'reported' } as const);
    await closeRun(trx, run, { kind: 'submitted' }, { ...endedAt(at), cost });
  });
}

describe('budget', () => {
  test('budget shows what runs may cost, and what they have cost today and this month', async ({ rig }) => {
    await rig.configure({
      budget: { run_usd: 2, project_usd: 10, day_usd: 5 },
      workspaces: { docs: { path: rig.root, budget_usd: 4 } },
    });
    await spend(rig, 1.5, 1);
    const { stdout } = await rig.run('budget');
    expect(stdout.replaceAll(/until .*/g, 'until <time>')).toBe(
      [
        'Today       $1.50 of $5.00 · until <time>',
        'This month  $1.50, no limit · until <time>',
        'A project   at most $10.00 · docs: $4.00',
        'A run       at most $2.00',
        '',
      ].join('\n'),
    );
    const report = budgetSchema.parse(JSON.parse((await rig.run('budget', '--json')).stdout));
    expect(report.periods).toMatchObject([
      { period: 'day', limit_usd: 5, spent_usd: 1.5, charged_usd: 1.5, runs_of_unknown_cost: 0 },
      { period: 'month', limit_usd: null, spent_usd: 1.5 },
    ]);
  });

  test('budget counts a run of unknown cost, and says when no run starts', async ({ rig }) => {
    await rig.configure({ budget: { day_usd: 5 } });
    await spend(rig, 3, 1);
    await spend(rig, null, 2);
    expect((await rig.run('budget')).stdout).toMatch(
      /^Today {7}\$3\.00 \(the cost of 1 run is unknown\) of \$5\.00\n {12}spent: no run starts · until /,
    );
    const { periods } = JSON.parse((await rig.run('budget', '--json')).stdout);
    expect(periods[0]).toMatchObject({ spent_usd: 3, charged_usd: 6, runs_of_unknown_cost: 1 });
  });

  test('retry --budget lets a project that spent its budget go on, within that of the owner', async ({
    rig,
  }) => {
    await rig.configure({ budget: { project_usd: 10 } });
    const project = await rig.send('---\nbudget_usd: 5\n---\n# Work');
    await databaseOf(await rig.bridge).write(({ trx }) =>
      updateProject(trx, project.id, {
        status: 'attention',
        attention: 'stopped at the budget of the project, $5.00',
      }),
    );
    const above = await rig.run('retry', project.id, '--budget', '20');
    expect(above).toMatchObject({ code: 1, stdout: '' });
    expect(above.stderr).toContain(
      'the budget $20.00 is more than the configuration allows this project: $10.00. Raise budget.project_usd',
    );
    expect(await rig.run('retry', project.id, '--budget', '8')).toMatchObject({ code: 0 });
    const { stdout } = await rig.run('show', project.id);
    expect(stdout).toContain('spent $0.00 of $8.00');
    expect((await rig.run('show', project.id, '--json')).stdout).toContain('"budget_usd": 8');
    for (const amount of ['0', '-1', '1e9', 'many'])
      expect((await rig.run('retry', project.id, '--budget', amount)).stderr).toContain('US dollars above 0');
  });
});
