import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Amended, amendPlan } from '../../src/bridge/amend-plan.ts';
import { retry } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { allowRequest } from '../../src/bridge/requests.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { ordersFor, recordDelivered, recordPromptDelivered } from '../../src/bridge/runs.ts';
import { claimByHand, sendCompletion } from '../../src/bridge/submissions.ts';
import type { RulesPolicy } from '../../src/bridge/work-rules.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { PROJECT_STATUSES, type ProjectStatus } from '../../src/project/project.ts';
import type { Result } from '../../src/result.ts';
import { planFile } from '../../src/state-folder.ts';
import { updateRequest } from '../../src/store/requests.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  begin,
  briefingOf,
  byHand,
  changingNothing,
  current,
  ending,
  history,
  policyOf,
  projectIn,
  refusalOf,
  send,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';

const lease = (rig: Rig) => ({ bridge: rig.bridge, token: TOKEN });
const submission = { summary: 'Done.', filesCreated: [], filesModified: [], caveats: '' };

function amend(
  rig: Rig,
  projectId: ProjectId,
  markdown: string,
  requestId?: string,
  policy: RulesPolicy = policyOf(rig),
): Promise<Result<Amended>> {
  rig.clock.advance(1_000);
  return amendPlan(rig.bridge, policy, { projectId, markdown, requestId }, 'person');
}

describe('an amended plan', () => {
  test.each(
    PROJECT_STATUSES,
  )('a plan in status %s is amended where that is allowed, else nothing changes', async (status) => {
    await using rig = await supervised();
    const id = await projectIn(rig, status);
    const to: Partial<Record<ProjectStatus, ProjectStatus>> = {
      pending: 'pending',
      in_progress: 'in_progress',
      awaiting_answer: 'awaiting_answer',
      awaiting_approval: 'rejected',
      rejected: 'rejected',
      attention: 'attention',
    };
    if (to[status] === undefined) {
      const reply = await changingNothing(rig.bridge, () => amend(rig, id, '# Anew'));
      expect(refusalOf(reply)).toContain(`cannot amend project in status '${status}'`);
      return;
    }
    const { revision, reopened } = accepted(await amend(rig, id, '# Anew'));
    expect({ revision, reopened }).toEqual({ revision: 2, reopened: status === 'awaiting_approval' });
    expect((await current(rig.bridge, id)).status).toBe(to[status]);
    const events =
      status === 'awaiting_approval' ? ['project.rejected', 'project.amended'] : ['project.amended'];
    expect(await history(rig.bridge, id)).toEqual(events);
    expect(await readFile(planFile(rig.home, id), 'utf8')).toBe('# Anew');
    const details = accepted(await projectDetails(rig.bridge, id));
    expect(details.markdown).toBe('# Anew');
    expect(details.planRevisions.map(({ revision, amendedBy }) => [revision, amendedBy])).toEqual([
      [1, null],
      [2, 'person'],
    ]);
    // What nobody has begun is begun with the newest plan; everybody else is told.
    expect(details.waitingMessages.map(({ planRevision }) => planRevision)).toEqual(
      status === 'pending' ? [] : [2],
    );
  });

  test('a decision on work that was reopened by an amendment is refused, and the next run revises by the new plan', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    await endRun(lease(rig), run, { kind: 'submitted' }, ending);
    const waiting = await projectIn(rig, 'awaiting_approval', { claimed_by: 'supervisor' });
    accepted(await amend(rig, waiting, '# Smaller'));
    for (const reply of [
      await approve(rig.bridge, waiting, 'desktop', { round: 1 }),
      await reject(rig.bridge, waiting, 'no', 'desktop', { round: 1 }),
    ])
      expect(refusalOf(reply)).toContain('round 1 was rejected by person');
    expect(await briefingOf(rig, waiting)).toMatchObject({
      markdown: '# Smaller',
      reason: 'The plan was amended: revision 2 is the one to follow.',
      messages: [{ planRevision: 2 }],
    });
    const started = await begin(rig);
    expect(started.run).toMatchObject({ projectId: waiting, kind: 'revise', round: 2, planRevision: 2 });
  });

  test('a run under way is told of the new plan, and may not submit what it did by the old one', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const speaker = { runId: run.id, requestId: null };
    accepted(await amend(rig, id, '# Twice\nDo it twice.'));
    const { messages, plan } = await ordersFor(rig.bridge, run);
    expect(plan).toEqual({ title: 'Build a clock', markdown: '# Twice\nDo it twice.' });
    const early = await changingNothing(rig.bridge, () =>
      sendCompletion(rig.bridge, id, submission, speaker),
    );
    expect(refusalOf(early)).toContain(
      'the plan was amended while you worked (revision 2); nothing was submitted',
    );

    await recordDelivered(
      lease(rig),
      run,
      messages.map(({ id: one }) => one),
    );
    accepted(await sendCompletion(rig.bridge, id, submission, speaker));
    expect(accepted(await projectDetails(rig.bridge, id)).runs).toMatchObject([{ planRevision: 2 }]);
  });

  test('a run whose prompt has the new plan submits, though nobody has recorded that it took the prompt in', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const first = await begin(rig);
    accepted(await amend(rig, id, '# Twice'));
    await endRun(lease(rig), first.run, { kind: 'interrupted' }, ending);
    const { run, briefing } = await begin(rig);
    expect(run.planRevision).toBe(2);
    expect(briefing).toMatchObject({ markdown: '# Twice', messages: [{ planRevision: 2 }] });
    accepted(await sendCompletion(rig.bridge, id, submission, { runId: run.id, requestId: null }));
    await recordPromptDelivered(lease(rig), run);
    expect(accepted(await projectDetails(rig.bridge, id)).waitingMessages).toEqual([]);
  });

  test('a person who works by hand is told at the submission, once', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    accepted(await claimByHand(rig.bridge, id));
    accepted(await amend(rig, id, '# Twice'));
    expect(refusalOf(await sendCompletion(rig.bridge, id, submission, byHand))).toContain(
      'Read the new plan with bridge_get_pending_plan',
    );
    accepted(await sendCompletion(rig.bridge, id, submission, byHand));
  });

  test('an amendment that is sent again with its id changes nothing, also once the project has moved on', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    accepted(await amend(rig, id, '# Twice', 'r'));
    const again = await changingNothing(rig.bridge, () => amend(rig, id, '# Thrice', 'r'));
    expect(accepted(again)).toMatchObject({ revision: 2, repeated: true });
    const same = await changingNothing(rig.bridge, () => amend(rig, id, '# Twice'));
    expect(refusalOf(same)).toContain('this is the plan already');
  });

  test('two amendments at once are two revisions, of which the newer is the one to follow, and the run is told of both', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    await begin(rig);
    const ways = [await rig.connect(), await rig.connect()];
    const replies = await Promise.all(
      ways.map((bridge, n) =>
        amendPlan(bridge, policyOf(rig), { projectId: id, markdown: `# By ${n}` }, 'person'),
      ),
    );
    const byRevision = new Map(replies.map((reply, n) => [accepted(reply).revision, `# By ${n}`]));
    expect([...byRevision.keys()].sort()).toEqual([2, 3]);
    const details = accepted(await projectDetails(rig.bridge, id));
    expect(details.planRevisions.map(({ markdown }) => markdown).slice(1)).toEqual([
      byRevision.get(2),
      byRevision.get(3),
    ]);
    expect(details.markdown).toBe(byRevision.get(3));
    expect(details.waitingMessages.map(({ planRevision }) => planRevision)).toEqual([2, 3]);
  });

  test('a call that was put off still waits for its decision after an amendment, and the run is told of the plan after it', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const asked = {
      toolUseId: 'toolu_1',
      toolName: 'Bash',
      input: { command: 'npm publish' },
      agentId: null,
    };
    const asker = { projectId: id, runId: run.id };
    const request = accepted(await openRequest(rig.bridge, asker, asked, PERMISSION));
    await databaseOf(rig.bridge).write(({ trx }) =>
      updateRequest(trx, request.id, { state: 'deferred', deferred_at: rig.clock.now().toISOString() }),
    );
    await endRun(lease(rig), run, { kind: 'deferred', requestId: request.id }, ending);
    const deny = '---\ndeny: ["Bash(npm publish *)"]\n---\n# Publish nothing';
    accepted(await amend(rig, id, deny));
    expect(await current(rig.bridge, id)).toMatchObject({
      status: 'awaiting_answer',
      deny: ['Bash(npm publish *)'],
    });
    const above = '---\npermission_mode: bypassPermissions\n---\n# Publish';
    expect(refusalOf(await changingNothing(rig.bridge, () => amend(rig, id, above)))).toContain(
      "'permission_mode: bypassPermissions'",
    );
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person'));
    // The rules of the amended plan are those of the run that resumes the call.
    const started = await begin(rig);
    expect(started.run).toMatchObject({ projectId: id, kind: 'answer' });
    expect(started.project.deny).toEqual(['Bash(npm publish *)']);
  });

  test('settings that an amended plan gives replace the old ones, and those it leaves out stay', async () => {
    await using rig = await supervised();
    const { id } = await send(rig, '---\nmodel: opus\npriority: 3\nexpires: 2h\n---\n# A');
    rig.clock.advance(3_600_000);
    accepted(await amend(rig, id, '---\ntitle: B\npriority: 0\nmax_turns: 9\n---\n# B'));
    const changed = await current(rig.bridge, id);
    expect(changed).toMatchObject({ title: 'B', model: 'opus', priority: 0, maxTurns: 9 });
    accepted(await amend(rig, id, '---\nexpires: 3h\n---\n# C'));
    const expiresAt = new Date(rig.clock.now().getTime() + 3 * 3_600_000).toISOString();
    expect(await current(rig.bridge, id)).toMatchObject({ title: 'B', expiresAt });
  });

  test.each([
    ['workspace: elsewhere', "line 2: 'workspace' cannot be amended"],
    ['isolation: worktree', "line 2: 'isolation' cannot be amended"],
    ['base: next', "line 2: 'base' cannot be amended"],
    ['depends_on: 0123456789ab', "line 2: 'depends_on' cannot be amended"],
    ['max_rounds: 6', "line 2: 'max_rounds: 6' is more than workspace"],
    ['budget_usd: 5', "line 2: 'budget_usd: 5' is more than workspace"],
    ['on_approve: push', "line 2: 'on_approve: push' is more than workspace"],
    ['checks: deploy', "line 2: 'deploy' is no check of workspace"],
    ['prioritty: 5', "line 2: unknown key 'prioritty'"],
  ])('a plan is not amended with %s', async (line, refusal) => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const policy = { ...policyOf(rig), budget: { project_usd: 4 } };
    const reply = await changingNothing(rig.bridge, () =>
      amend(rig, id, `---\n${line}\n---\n# A`, undefined, policy),
    );
    expect(refusalOf(reply)).toContain(refusal);
  });

  test('a plan whose settled settings stand in the amendment as they were sent is amended', async () => {
    await using rig = await supervised();
    const settled = `---\nworkspace: ${rig.workspace}\nisolation: worktree\n---\n`;
    const { id } = await send(rig, `${settled}# A`);
    accepted(await amend(rig, id, `${settled}# B`));
    expect(await current(rig.bridge, id)).toMatchObject({ isolation: 'in_place', workspace: rig.workspace });
  });

  test('a project that needs a person goes on with the amended plan, and approved work is not amended', async () => {
    await using rig = await supervised();
    const measured = await projectIn(rig, 'attention', {
      attention_from: 'verifying',
      claimed_by: 'supervisor',
    });
    accepted(await amend(rig, measured, '# B'));
    // It is not measured again by the plan that holds no more.
    expect(accepted(await retry(rig.bridge, measured, 'person')).status).toBe('pending');
    const approved = await projectIn(rig, 'attention', { attention_from: 'approved' });
    expect(refusalOf(await amend(rig, approved, '# B'))).toContain('its work was approved and waits to land');
  });
});
