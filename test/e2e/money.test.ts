/** What runs cost that the real claude was not allowed to finish. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createGate } from '../../src/simulator/gate.ts';
import { call, gated, hang, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test, waitUntil } from './rig.ts';

/** With Sonnet 4.5: $0.315. */
const usage = { input_tokens: 5_000, output_tokens: 20_000 };
const plan = '---\nmodel: claude-sonnet-4-5\nbudget_usd: 0.80\n---\n# Money\nSpend it.';
const update = (message: string) =>
  call('mcp__claude_bridge_code__bridge_send_update', { message }, { usage });

async function budgets(rig: Rig): Promise<number[]> {
  const commands = (await rig.claudes()).map(({ command }) => command);
  return commands.flatMap((command) => /--max-budget-usd ([\d.]+)/.exec(command)?.[1] ?? []).map(Number);
}

describe('cost of a killed run', () => {
  test('a killed run costs what its answers cost, and the next one gets what is left of the budget', async ({
    rig,
  }) => {
    rig.script = sequence([update('One'), update('Two'), hang(), hang()]);
    await rig.startSupervisor();
    const id = await rig.send(plan);
    await waitUntil(async () => rig.asked().length === 3, 'the third question');
    const [first] = await rig.claudes();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await waitUntil(async () => rig.asked().length === 4, 'the next run to ask');
    const { runs, spentUsd } = await rig.details(id);
    expect(runs[0]).toMatchObject({
      outcome: { kind: 'crashed', signal: 'SIGKILL' },
      costBasis: 'estimated',
    });
    expect(runs[0]?.costUsd).toBeCloseTo(0.63, 2);
    expect(spentUsd).toBe(runs[0]?.costUsd);
    expect((await budgets(rig))[0]).toBeCloseTo(0.8 - spentUsd, 6);
    expect((await rig.command('show', id)).stdout).toContain('spent $0.63 of $0.80');
  });

  test('a run killed before its first answer has an unknown cost, which every view says and the budget counts', async ({
    rig,
  }) => {
    rig.script = sequence([hang(), hang()]);
    await rig.startSupervisor();
    const id = await rig.send(plan);
    await waitUntil(async () => rig.asked().length === 1, 'the first question');
    const [first] = await rig.claudes();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await waitUntil(async () => rig.asked().length === 2, 'the next run to ask');
    expect((await rig.details(id)).runs[0]).toMatchObject({ costUsd: null, costBasis: 'unknown' });
    expect((await budgets(rig))[0]).toBeCloseTo(0.72, 6);
    expect((await rig.command('show', id)).stdout).toContain('(the cost of 1 run is unknown) of $0.80');
    const { runs } = JSON.parse((await rig.command('show', id, '--json')).stdout);
    expect(runs[0].cost_usd).toBeNull();
    expect((await rig.command('status')).stdout).toContain('(the cost of 1 run is unknown)');
  });

  test('an adopted run costs what it had cost before and since', async ({ rig }) => {
    rig.script = sequence([update('One'), hang(), bridgeCall('bridge_send_completion', { summary: 'Done' })]);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send(plan);
    await waitUntil(async () => rig.asked().length === 2, 'the second question');
    await supervisor.end('SIGKILL');
    const [first] = await rig.claudes();
    await rig.startSupervisor();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await rig.until(id, 'awaiting_approval');
    const { runs } = await rig.details(id);
    expect(runs[0]).toMatchObject({ outcome: { kind: 'lost' }, costBasis: 'estimated' });
    expect(runs[0]?.costUsd).toBeCloseTo(0.315, 2);
  });

  test('a run killed with its supervisor and its output lost has an unknown cost, not none', async ({
    rig,
  }) => {
    rig.script = sequence([update('One'), hang(), bridgeCall('bridge_send_completion', { summary: 'Done' })]);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send(plan);
    await waitUntil(async () => rig.asked().length === 2, 'the second question');
    const [first] = await rig.claudes();
    await supervisor.end('SIGKILL');
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await rm(join(rig.home, 'runs', `${(await rig.details(id)).runs[0]?.id}.jsonl`));
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    expect((await rig.details(id)).runs[0]).toMatchObject({ outcome: { kind: 'lost' }, costUsd: null });
    const record = await readFile(join(rig.home, 'status', `${id}_status.md`), 'utf8');
    expect(record).toContain('what it cost is unknown');
  });
});

describe('budget of a day', () => {
  test('runs that spend the budget of a day end together, and go on once there is more of it', async ({
    rig,
  }) => {
    const each = 0.315;
    let answers = 0;
    rig.script = () => {
      answers += 1;
      return answers <= 6 ? update(`Answer ${answers}`) : hang();
    };
    await rig.configure({ concurrency: 3, budget: { day_usd: 1.5 } });
    const supervisor = await rig.startSupervisor();
    const ids = await Promise.all(
      ['One', 'Two', 'Three'].map((title) =>
        rig.send(`---\nmodel: claude-sonnet-4-5\n---\n# ${title}\nSpend it.`),
      ),
    );
    await rig.happened('hold.set');
    for (const id of ids) await rig.happened('run.ended', id);
    const details = await Promise.all(ids.map((id) => rig.details(id)));
    const spent = details.reduce((usd, { spentUsd }) => usd + spentUsd, 0);
    expect(spent).toBeGreaterThanOrEqual(1.5);
    // One message each beyond it.
    expect(spent).toBeLessThanOrEqual(1.5 + 3 * each);
    for (const { project, runs } of details) {
      expect(project).toMatchObject({ status: 'in_progress', tries: 0 });
      expect(runs).toMatchObject([{ outcome: { kind: 'budget_spent', scope: 'day', budgetUsd: 1.5 } }]);
    }
    expect((await rig.command('status')).stdout).toContain('budget: the budget of the day, $1.50, is spent');
    expect(await supervisor.end('SIGTERM')).toMatchObject({ code: 0 });
    const submitted = new Set<string>();
    rig.script = ({ sessionId }) => {
      if (submitted.has(sessionId)) return say('Done.');
      submitted.add(sessionId);
      return bridgeCall('bridge_send_completion', { summary: 'Done' });
    };
    await rig.configure({ budget: { day_usd: 50 } });
    await rig.startSupervisor();
    for (const id of ids) await rig.until(id, 'awaiting_approval');
  });

  test('no run starts on a budget that Claude has spent while there was no supervisor', async ({ rig }) => {
    const gate = createGate();
    let answers = 0;
    rig.script = () => {
      answers += 1;
      if (answers > 4) return hang();
      return answers === 1 ? gated(gate, update('Answer 1')) : update(`Answer ${answers}`);
    };
    const supervisor = await rig.startSupervisor();
    const first = await rig.send('---\nmodel: claude-sonnet-4-5\n---\n# One\nSpend it.');
    await waitUntil(async () => rig.asked().length === 1, 'the first question');
    await supervisor.end('SIGKILL');
    gate.open();
    await waitUntil(async () => rig.asked().length === 5, 'the question after the budget is spent');
    await rig.configure({ concurrency: 2, budget: { day_usd: 1.2 } });
    const second = await rig.send('---\nmodel: claude-sonnet-4-5\n---\n# Two\nSpend it.');
    await rig.startSupervisor();
    await rig.happened('run.ended', first);
    await rig.happened('hold.set');
    const { runs, spentUsd } = await rig.details(first);
    expect(runs).toMatchObject([{ outcome: { kind: 'budget_spent', scope: 'day' } }]);
    expect(spentUsd).toBeCloseTo(4 * 0.315, 2);
    expect((await rig.details(second)).runs).toEqual([]);
  });
});
