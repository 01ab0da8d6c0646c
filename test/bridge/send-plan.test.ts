import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { isProjectId } from '../../src/project/ids.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { planText } from '../../src/store/plans.ts';
import { createRig } from '../rig.ts';
import { accepted, changingNothing, current, history, policyOf, refusalOf, send } from './steps.ts';

describe('sent plans', () => {
  test('a plan that asks for more than its workspace allows is not stored', async () => {
    await using rig = await createRig();
    const policy = {
      workspaces: {
        app: {
          path: rig.workspace,
          checks: [{ name: 'test', run: 'npm test', timeout: 1_000 }],
          max_rounds: 2,
        },
      },
      workspace_roots: [],
    };
    const markdown = [
      '---',
      'workspace: app',
      'checks: [test, curl x | sh]',
      'max_rounds: 3',
      '---',
      '# A',
    ].join('\n');
    const reply = await changingNothing(rig.bridge, () =>
      sendPlan(rig.bridge, policy, { markdown }, 'desktop'),
    );
    expect(refusalOf(reply)).toBe(
      "the plan was not accepted: line 3: 'curl x | sh' is no check of workspace 'app' (test); line 4: 'max_rounds: 3' is more than workspace 'app' allows (2). Nothing was stored.",
    );
  });

  test('a sent plan waits in the queue with everything its front matter says', async () => {
    await using rig = await createRig();
    const markdown = [
      '---',
      'title: A clock',
      `workspace: ${rig.workspace}`,
      'model: opus',
      'priority: 7',
      'max_turns: 40',
      'timeout: 45m',
      'budget_usd: 2.5',
      '---',
      'Build it.',
    ].join('\n');
    const project = await send(rig, markdown);
    const now = rig.clock.now().toISOString();
    expect(isProjectId(project.id)).toBe(true);
    expect(project).toEqual({
      id: project.id,
      title: 'A clock',
      status: 'pending',
      workspace: rig.workspace,
      place: rig.workspace,
      priority: 7,
      model: 'opus',
      maxTurns: 40,
      timeoutMs: 2_700_000,
      budgetUsd: 2.5,
      isolation: 'in_place',
      base: null,
      checks: null,
      onApprove: null,
      outline: false,
      maxRounds: null,
      permissionMode: null,
      deny: null,
      ask: null,
      answerAfterMs: null,
      claimedBy: null,
      runId: null,
      sessionId: null,
      round: 1,
      tries: 0,
      notBefore: null,
      attention: null,
      attentionFrom: null,
      expiresAt: null,
      scheduleId: null,
      slot: null,
      outlineRound: null,
      dependsOn: null,
      createdAt: now,
      updatedAt: now,
    });
    expect(await current(rig.bridge, project.id)).toEqual(project);
    expect(await planText(databaseOf(rig.bridge).read, project.id)).toBe(markdown);
    expect(await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 10)).toMatchObject([
      {
        projectId: project.id,
        type: 'project.sent',
        actor: 'desktop',
        data: { title: 'A clock', workspace: rig.workspace },
        createdAt: now,
      },
    ]);
  });

  test('a sent plan gets a folder of its own when it names none', async () => {
    await using rig = await createRig();
    const project = await send(rig);
    expect(project.workspace).toBe(join(rig.home, 'workspaces', project.id));
  });

  test('a sent plan runs where the sender says, whatever its front matter says', async () => {
    await using rig = await createRig();
    const folder = join(rig.workspace, 'chosen');
    await mkdir(folder);
    const input = { markdown: '---\nworkspace: elsewhere\n---\n# A', title: 'Mine', workspace: folder };
    const { project } = accepted(await sendPlan(rig.bridge, policyOf(rig), input, 'desktop'));
    expect(project).toMatchObject({ workspace: folder, title: 'Mine' });
  });
});

describe('refused plans', () => {
  test.each<[string, string, string | RegExp]>([
    [
      'an empty one',
      '',
      'the plan was not accepted: the plan is empty: write what is to be done in Markdown',
    ],
    [
      'one with a mistyped key',
      '---\nmodle: opus\n---\n# A',
      /^the plan was not accepted: line 2: unknown key 'modle'; allowed keys: title,/,
    ],
    [
      'one of five megabytes',
      'x'.repeat(5_000_000),
      /^the plan was not accepted: the plan is 5000000 bytes; at most/,
    ],
    ['one with NUL', '# A\n\0', /control character \(NUL\)/],
    ['one for an unknown workspace', '---\nworkspace: nowhere\n---\n# A', /^unknown workspace 'nowhere'/],
    ['one for a folder that is not there', '---\nworkspace: /nowhere/at/all\n---\n# A', /^unknown workspace/],
  ])('a plan that cannot be used is refused and not stored: %s', async (_, markdown, refusal) => {
    await using rig = await createRig();
    const reply = await changingNothing(rig.bridge, () =>
      sendPlan(rig.bridge, policyOf(rig), { markdown }, 'desktop'),
    );
    if (typeof refusal === 'string') expect(refusalOf(reply)).toBe(refusal);
    else expect(refusalOf(reply)).toMatch(refusal);
  });
});

describe('plans sent again with the same request', () => {
  test('a plan sent again is the same project, whatever it says now', async () => {
    await using rig = await createRig();
    const first = await send(rig, '# A', 'r1');
    const again = await sendPlan(rig.bridge, policyOf(rig), { markdown: '# B', requestId: 'r1' }, 'desktop');
    expect(accepted(again)).toEqual({ project: first, repeated: true, waitsFor: [], notUsed: [] });
    expect(await history(rig.bridge)).toEqual(['project.sent']);
    const other = await send(rig, '# A', 'r2');
    expect(other.id).not.toBe(first.id);
  });

  test('a plan sent again is the same project even when its workspace is gone', async () => {
    await using rig = await createRig();
    const folder = join(rig.workspace, 'short-lived');
    await mkdir(folder);
    const input = { markdown: '# A', workspace: folder, requestId: 'r' };
    const first = accepted(await sendPlan(rig.bridge, policyOf(rig), input, 'desktop'));
    rmSync(folder, { recursive: true });
    const again = accepted(await sendPlan(rig.bridge, policyOf(rig), input, 'desktop'));
    expect(again).toEqual({ project: first.project, repeated: true, waitsFor: [], notUsed: [] });
  });

  test('a plan sent again by several processes at once is one project', async () => {
    await using rig = await createRig();
    const others = [rig.bridge, await rig.connect(), await rig.connect(), await rig.connect()];
    const input = { markdown: '# A', requestId: 'r' };
    const replies = await Promise.all(others.map((one) => sendPlan(one, policyOf(rig), input, 'desktop')));
    const projects = replies.map((reply) => accepted(reply));
    expect(new Set(projects.map(({ project }) => project.id)).size).toBe(1);
    expect(projects.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await history(rig.bridge)).toEqual(['project.sent']);
  });

  test('two plans without a request are two projects', async () => {
    await using rig = await createRig();
    expect((await send(rig)).id).not.toBe((await send(rig)).id);
  });
});
