import { describe, expect } from 'vitest';
import { projectDetails } from '../../src/bridge/queries.ts';
import { granted, test } from './rig.ts';
import { submitted } from './stories.ts';

const INSIDE = { BRIDGE_RUN_ID: 'aaaaaaaaaaaa', BRIDGE_PROJECT_ID: 'bbbbbbbbbbbb' };
const REFUSED = 'bridge-supervisor: ERROR: a run cannot decide about work; a person does.\n';

describe('commands inside a run', () => {
  test.for([
    ['approve', 'ID'],
    ['reject', 'ID', '--reason', 'no'],
    ['answer', 'ID', 'yes'],
    ['allow', 'ID'],
    ['deny', 'ID', '--reason', 'no'],
    ['steer', 'ID', 'faster'],
    ['amend', 'ID', 'PLAN'],
    ['cancel', 'ID', '--yes'],
    ['retry', 'ID'],
    ['send', 'PLAN'],
    ['pause'],
    ['resume'],
    ['stop'],
    ['restart'],
    ['mcp', 'desktop'],
    ['doctor', '--fix'],
    ['worktree', 'remove', 'ID'],
    ['schedule', 'pause', 'ID'],
    ['token', 'add', 'mine', '--role', 'admin'],
  ])('a run may not call %j: a person decides about work', async (words, { rig }) => {
    const project = await submitted(await rig.bridge, await rig.send('# Build a clock'));
    const plan = await rig.file('plan.md', '# Build another clock');
    const args = words.map((word) => word.replace('ID', project.id).replace('PLAN', plan));
    const before = granted(await projectDetails(await rig.bridge, project.id, 100));
    expect(await rig.runWith({ env: INSIDE }, ...args)).toEqual({ code: 1, stdout: '', stderr: REFUSED });
    expect(granted(await projectDetails(await rig.bridge, project.id, 100))).toEqual(before);
  });

  test('a run may not start the server of Claude Code without its project: it would claim any, as a person by hand', async ({
    rig,
  }) => {
    const { BRIDGE_RUN_ID } = INSIDE;
    expect(await rig.runWith({ env: { BRIDGE_RUN_ID } }, 'mcp', 'code')).toEqual({
      code: 1,
      stdout: '',
      stderr: REFUSED,
    });
  });

  test.for([
    ['status'],
    ['list', '--all'],
    ['show', 'ID'],
    ['evidence', 'ID'],
    ['questions'],
    ['budget'],
    ['schedule', 'list'],
    ['worktree', 'list'],
  ])('a run may call %j, which only looks', async (words, { rig }) => {
    const project = await submitted(await rig.bridge, await rig.send('# Build a clock'));
    const args = words.map((word) => word.replace('ID', project.id));
    const { stderr } = await rig.runWith({ env: INSIDE }, ...args);
    expect(stderr).not.toContain('a run cannot decide');
  });
});
