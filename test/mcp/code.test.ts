import { describe, expect, test } from 'vitest';
import { scopeFrom } from '../../src/mcp/code/scope.ts';
import { code, desktop, rowsIn, runOf, stateFolder } from './rig.ts';

const TOOL_USE = 'claudecode/toolUseId';

describe("the loop by hand in a person's own Claude Code session", () => {
  test('the loop by hand goes from pending plan, claim, update, completion, rejection and revision to approval', async () => {
    const home = stateFolder();
    const person = await desktop(home);
    const worker = await code(home);
    const nothing = await worker.call('bridge_get_pending_plan');
    expect(nothing.facts.pending).toBe(false);
    expect(nothing.text).toContain('No plan waits');

    const plan = '# A page\n\n1. Write "it".';
    const sent = await person.call('bridge_send_plan', { plan_markdown: plan });
    const project_id = String(sent.facts.project_id);
    const pending = await worker.call('bridge_get_pending_plan');
    expect(pending.facts).toMatchObject({ project_id, status: 'pending', plan_markdown: plan });
    expect(pending.text).toContain(plan);
    expect(pending.text).toContain(`bridge_claim_project with project_id ${project_id}`);

    const claimed = await worker.call('bridge_claim_project', { project_id });
    expect(claimed.facts).toMatchObject({ status: 'in_progress', plan_markdown: plan });
    expect(claimed.text).toContain(plan);
    const twice = await worker.call('bridge_claim_project', { project_id });
    expect(twice.text).toMatch(/^ERROR: cannot claim project in status 'in_progress'; expected 'pending'\./);

    expect((await worker.call('bridge_send_update', { project_id, message: 'begun' })).isError).toBe(false);
    const first = await worker.call('bridge_send_completion', {
      project_id,
      summary: 'one',
      files_created: ['p.html'],
    });
    expect(first.facts).toMatchObject({ project_id, status: 'awaiting_approval', round: 1 });
    expect(first.text).toContain('awaiting_approval');
    const undecided = await worker.call('bridge_get_approval_status', { project_id });
    expect(undecided.facts.status).toBe('awaiting_approval');
    expect(undecided.text).toContain('No decision yet.');

    await person.call('bridge_get_approval_queue');
    await person.call('bridge_reject', { project_id, reason: 'Too small.\nBigger.' });
    const rejected = await worker.call('bridge_get_approval_status', { project_id });
    expect(rejected.facts).toMatchObject({ status: 'rejected', decision: { reason: 'Too small.\nBigger.' } });
    expect(rejected.text).toContain('> Too small.\n> Bigger.');
    const reset = await worker.call('bridge_reset_for_revision', { project_id });
    expect(reset.facts).toMatchObject({
      status: 'in_progress',
      round: 2,
      decision: { reason: 'Too small.\nBigger.' },
    });

    await worker.call('bridge_send_completion', { project_id, summary: 'two' });
    await person.call('bridge_get_approval_queue');
    await person.call('bridge_approve', { project_id });
    const approved = await worker.call('bridge_get_approval_status', { project_id });
    expect(approved.facts).toMatchObject({ status: 'complete', decision: { verdict: 'approved', round: 2 } });
    expect((await person.call('bridge_get_project_status', { project_id })).facts.status).toBe('complete');
  });

  test('a plan too long for one answer is read in parts, and nothing of it is lost', async () => {
    const home = stateFolder();
    const plan = `# Long\n\n${'“quoted” line with 🐝\n'.repeat(4_000)}end`;
    const sent = await (await desktop(home)).call('bridge_send_plan', { plan_markdown: plan });
    const { project_id } = sent.facts;
    const worker = await code(home);
    let part = await worker.call('bridge_claim_project', { project_id });
    let read = String(part.facts.plan_markdown);
    while (part.facts.next_offset !== undefined) {
      expect(Buffer.byteLength(part.text)).toBeLessThan(20_000);
      expect(Buffer.byteLength(JSON.stringify(part.facts))).toBeLessThan(20_000);
      expect(part.text).toContain(`offset ${part.facts.next_offset}`);
      part = await worker.call('bridge_get_pending_plan', { project_id, offset: part.facts.next_offset });
      read += part.facts.plan_markdown;
    }
    expect(read).toBe(plan);
  });

  test('a call that Claude repeats under the same tool-use id is kept once', async () => {
    const home = stateFolder();
    const sent = await (await desktop(home)).call('bridge_send_plan', { plan_markdown: '# T' });
    const { project_id } = sent.facts;
    const worker = await code(home);
    await worker.call('bridge_claim_project', { project_id });
    const update = { project_id, message: 'once' };
    const first = await worker.call('bridge_send_update', update, { [TOOL_USE]: 'toolu_1' });
    const again = await worker.call('bridge_send_update', update, { [TOOL_USE]: 'toolu_1' });
    expect(again.facts).toMatchObject({ update_id: first.facts.update_id, repeated: true });
    await worker.call('bridge_send_update', update, { [TOOL_USE]: 'toolu_2' });
    expect(await rowsIn(home, 'updates')).toHaveLength(2);
    const completion = { project_id, summary: 'done' };
    await worker.call('bridge_send_completion', completion, { [TOOL_USE]: 'toolu_3' });
    const repeated = await worker.call('bridge_send_completion', completion, { [TOOL_USE]: 'toolu_3' });
    expect(repeated.facts).toMatchObject({ repeated: true, status: 'awaiting_approval' });
    expect(await rowsIn(home, 'completions')).toHaveLength(1);
  });
});

describe('Claude in a run', () => {
  async function run() {
    const home = stateFolder();
    const person = await desktop(home);
    const { scope } = await runOf(home);
    const other = await person.call('bridge_send_plan', { plan_markdown: '# Not mine' });
    return { home, scope, otherId: String(other.facts.project_id), worker: await code(home, scope) };
  }

  test('Claude in a run sees three tools and need not name its project; what it says carries the run', async () => {
    const { home, scope, worker } = await run();
    const { tools } = await worker.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'bridge_send_update',
      'bridge_send_completion',
      'bridge_ask',
    ]);
    await worker.call('bridge_send_update', { message: 'a' });
    await worker.call('bridge_send_update', { message: 'b', project_id: scope.projectId });
    expect(await rowsIn(home, 'updates')).toMatchObject([
      { project_id: scope.projectId, run_id: scope.runId, message: 'a' },
      { project_id: scope.projectId, run_id: scope.runId, message: 'b' },
    ]);
  });

  test('a completion in a run tells Claude, in both halves of the answer, to end its turn', async () => {
    const { home, scope, worker } = await run();
    const { text, facts } = await worker.call('bridge_send_completion', { summary: 'done' });
    expect(facts).toMatchObject({
      status: 'verifying',
      next: expect.stringContaining('End your turn'),
    });
    expect(text).toContain('End your turn');
    expect(await rowsIn(home, 'completions')).toMatchObject([{ run_id: scope.runId, summary: 'done' }]);
  });

  test('Claude in a run may not touch another project, and has no tools of the loop by hand', async () => {
    const { home, scope, otherId, worker } = await run();
    for (const project_id of [otherId, '../../etc/passwd']) {
      const refused = await worker.call('bridge_send_update', { project_id, message: 'x' });
      expect(refused.text).toBe(
        `ERROR: this session works on project ${scope.projectId} only; leave 'project_id' out.`,
      );
      expect((await worker.call('bridge_send_completion', { project_id, summary: 'x' })).isError).toBe(true);
    }
    const claim = await worker.call('bridge_claim_project', { project_id: otherId });
    expect(claim.text).toMatch(/^ERROR: unknown tool 'bridge_claim_project'/);
    expect(await rowsIn(home, 'updates')).toEqual([]);
  });

  test('a session is in a run only when its environment names both the run and the project', () => {
    expect(scopeFrom({ BRIDGE_RUN_ID: 'r', BRIDGE_PROJECT_ID: 'p' })).toEqual({
      runId: 'r',
      projectId: 'p',
      askWaitMs: 120_000,
      asksAbout: undefined,
    });
    expect(scopeFrom({ BRIDGE_RUN_ID: 'r' })).toBeUndefined();
    expect(scopeFrom({ BRIDGE_PROJECT_ID: 'p', BRIDGE_RUN_ID: '' })).toBeUndefined();
    expect(scopeFrom({})).toBeUndefined();
  });
});
