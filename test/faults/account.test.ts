/** Claude cannot be started, or its account cannot pay or must wait: the queue holds, and no try is spent. */
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentHolds, resume } from '../../src/bridge/holds.ts';
import { waitUntil } from '../e2e/rig.ts';
import { emit, exit, hang, init, limit, result, type Scene, say, submit, wait, work } from './puppet.ts';
import { test } from './rig.ts';

/** What Claude says when the account's limit is reached. */
function limited(resetsInSeconds: number, window = 'five_hour'): Scene {
  return [
    init(),
    limit(resetsInSeconds, window),
    say("You've hit your limit", 'rate_limit'),
    result({ is_error: true, api_error_status: 429 }),
    exit(1),
  ];
}

describe('usage limit', () => {
  test('a usage limit in the middle of a run is waited for, then the same session goes on, and no try is spent', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays(limited(3), work);
    await rig.startSupervisor();
    const id = await rig.send('# Limited\nDo it.');
    const { project, runs } = await rig.until(id, 'awaiting_approval');
    expect(project.tries).toBe(0);
    const [first, second] = runs;
    if (first?.outcome?.kind !== 'usage_limit') throw new Error(`${first?.outcome?.kind}`);
    expect(first.outcome.limit).toBe('five_hour');
    expect(second).toMatchObject({ kind: 'resume', sessionId: first.sessionId });
    expect(Date.parse(second?.createdAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first.outcome.resetsAt));
    await rig.noHolds();
  });

  test('a usage limit survives the supervisor: killed and restarted it waits until the same moment', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays(limited(3_600));
    const first = await rig.startSupervisor();
    const id = await rig.send('# Patient\nDo it.');
    await rig.happened('run.ended', id);
    const before = await currentHolds(rig.bridge);
    expect(before).toMatchObject([{ kind: 'usage_limit' }]);
    await first.end('SIGKILL');
    const second = await rig.startSupervisor();
    const other = await rig.send('# Also waits\nDo it.');
    await waitUntil(async () => (await rig.log()).includes(other), 'it to look at the queue');
    expect(await currentHolds(rig.bridge)).toEqual(before);
    expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await puppet.witness()).filter(({ event }) => event === 'start').length).toBe(1);
  });

  test('a usage limit’s end is probed by one run; the others follow when it was answered', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ concurrency: 3 });
    const first = await rig.send('# One\nDo it.');
    const answered = [init(), wait('answered'), say('Hello'), submit(), result()];
    await puppet.playsFor(first, limited(2), answered);
    await puppet.plays(answered);
    await rig.startSupervisor();
    await rig.happened('hold.set');
    const ids = [first, await rig.send('# Two\nDo it.'), await rig.send('# Three\nDo it.')];
    await puppet.reached('answered');
    expect((await puppet.living()).length).toBe(1);
    await puppet.open('answered');
    for (const id of ids) await rig.until(id, 'awaiting_approval');
  });

  test('a usage limit of one model lets runs of other models start', async ({ rig, puppet }) => {
    const opus = await rig.send('---\nmodel: claude-opus-5\n---\n# Opus\nDo it.');
    await puppet.playsFor(opus, limited(3_600, 'seven_day_opus'));
    const fable = await rig.send('---\nmodel: claude-fable-5\n---\n# Fable\nDo it.');
    await puppet.playsFor(fable, limited(3_600, 'seven_day_overage_included'));
    await rig.startSupervisor();
    await rig.happened('run.ended', opus);
    await rig.happened('run.ended', fable);
    const sonnet = await rig.send('---\nmodel: claude-sonnet-5\n---\n# Sonnet\nDo it.');
    await rig.until(sonnet, 'awaiting_approval');
    expect((await currentHolds(rig.bridge)).map(({ scope }) => scope).sort()).toEqual(['fable', 'opus']);
    for (const id of [opus, fable]) expect((await rig.details(id)).runs.length).toBe(1);
  });

  test('a usage limit of one model is probed by one run of it; its others follow when it was answered', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ concurrency: 3 });
    const plan = (title: string) => `---\nmodel: claude-fable-5\n---\n# ${title}\nDo it.`;
    const answered = [init(), wait('answered'), say('Hello'), submit(), result()];
    const first = await rig.send(plan('One'));
    await puppet.playsFor(first, limited(2, 'seven_day_overage_included'), answered);
    await puppet.plays(answered);
    await rig.startSupervisor();
    await rig.happened('hold.set');
    const ids = [first, await rig.send(plan('Two')), await rig.send(plan('Three'))];
    await puppet.reached('answered');
    const other = await rig.send('---\nmodel: claude-sonnet-5\n---\n# Sonnet\nDo it.');
    await puppet.playsFor(other, work);
    await rig.until(other, 'awaiting_approval');
    const starts = (await puppet.witness()).filter(({ event }) => event === 'start');
    expect(starts.filter(({ project }) => (ids as readonly string[]).includes(project)).length).toBe(2);
    await puppet.open('answered');
    for (const id of ids) await rig.until(id, 'awaiting_approval');
  });
});

describe('account faults', () => {
  test.for([
    ['billing_error', 'billing'],
    ['authentication_failed', 'not_logged_in'],
  ] as const)('%s: the queue holds with the reason, no try is spent, and `resume` retries at once', async ([
    error,
    kind,
  ], { rig, puppet }) => {
    await puppet.plays([init(), say('Refused', error), result({ is_error: true }), exit(1)], work);
    await rig.startSupervisor();
    const id = await rig.send('# Refused\nDo it.');
    const behind = await rig.send('# Behind\nDo it.');
    await puppet.playsFor(behind, work);
    await rig.happened('run.ended', id);
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind }]);
    expect((await rig.details(id)).project).toMatchObject({ status: 'in_progress', tries: 0 });
    await resume(rig.bridge, 'person');
    await rig.until(id, 'awaiting_approval');
    await rig.until(behind, 'awaiting_approval');
  });
});

describe('budget of a plan', () => {
  test('a budget spent by crashed runs starts no further run, and a person is asked', async ({
    rig,
    puppet,
  }) => {
    const usage = { input_tokens: 5_000, output_tokens: 20_000 };
    const message = { id: 'msg_1', model: 'claude-sonnet-4-5', usage, content: [] };
    await puppet.plays([init(), emit({ type: 'assistant', message }), exit(1)]);
    await rig.startSupervisor();
    const id = await rig.send('---\nbudget_usd: 0.5\n---\n# Dear\nDo it.');
    await rig.happened('project.needs_attention', id);
    const { project, runs } = await rig.details(id);
    expect(project.attention).toContain('$0.5');
    expect(runs.map(({ outcome, costUsd, pid }) => [outcome?.kind, costUsd, pid !== null])).toEqual([
      ['crashed', 0.315, true],
      ['crashed', 0.315, true],
      ['budget_spent', 0, false],
    ]);
  });
});

describe('the claude program', () => {
  test('a missing claude program, as during its update, claims nothing, and its return is noticed', async ({
    rig,
    puppet,
  }) => {
    const away = `${puppet.program}.away`;
    await rename(puppet.program, away);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Updating\nDo it.');
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'claude_missing' }]);
    expect((await rig.details(id)).runs).toEqual([]);
    await rename(away, puppet.program);
    // It looks anew at every change, and without one every half minute.
    const next = await rig.send('# Next\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.until(next, 'awaiting_approval');
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a claude program that is no program holds the queue with the reason, without a hot loop', async ({
    rig,
    puppet,
  }) => {
    await writeFile(puppet.program, '#!/nowhere/interpreter\n');
    await rig.startSupervisor();
    const id = await rig.send('# Broken installation\nDo it.');
    await rig.happened('hold.set');
    expect((await currentHolds(rig.bridge))[0]).toMatchObject({
      kind: 'claude_missing',
      reason: expect.stringContaining('interpreter'),
    });
    const { project, runs } = await rig.details(id);
    expect(project.tries).toBe(0);
    expect(runs.length).toBeLessThanOrEqual(1);
  });

  test('a claude that cannot start leaves no secrets that were written for its run', async ({
    rig,
    puppet,
  }) => {
    await rig.configure({ mcp_servers: { tickets: { command: 'tickets', env: { TOKEN: 'hunter2' } } } });
    await writeFile(puppet.program, '#!/nowhere/interpreter\n');
    await rig.startSupervisor();
    const id = await rig.send('# Never started\nDo it.');
    await rig.happened('run.ended', id);
    expect(await readdir(join(rig.home, 'runs'))).not.toContainEqual(expect.stringMatching(/mcp\.json/));
  });

  test('a claude without our tools is ended at once, spends nothing, and the queue holds', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init('failed'), hang], work);
    await rig.startSupervisor();
    const id = await rig.send('# No tools\nDo it.');
    await rig.happened('run.ended', id);
    const { runs, project } = await rig.details(id);
    expect(runs[0]).toMatchObject({ readyAt: null, outcome: { kind: 'tools_missing', status: 'failed' } });
    expect(project.tries).toBe(0);
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'tools_missing' }]);
  });
});
