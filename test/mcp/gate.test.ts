import { describe, expect, test } from 'vitest';
import { gateTool } from '../../src/mcp/code/gate.ts';
import { asProjectId, asRunId } from '../../src/project/ids.ts';
import { ASKS_NOBODY, code, stateFolder } from './rig.ts';

const RUN = { ...ASKS_NOBODY, runId: asRunId('aaaaaaaaaaaa'), projectId: asProjectId('bbbbbbbbbbbb') };

describe('hooks that Claude Code calls on the server of a run', () => {
  test('the hook tool is shown to no model, and costs it nothing', async () => {
    const worker = await code(stateFolder(), RUN);
    const listed = (await worker.client.listTools()).tools.map(({ name }) => name);
    expect(listed).toEqual(['bridge_send_update', 'bridge_send_completion', 'bridge_ask']);
    const unknown = await worker.call('bridge_nothing', {});
    expect(unknown.text).not.toContain('bridge_gate');
  });

  test('the hook denies a submission of a subagent, and is silent on one of the main conversation', async () => {
    const worker = await code(stateFolder(), RUN);
    const tool_name = 'mcp__claude_bridge_code__bridge_send_completion';
    const ask = async (agent_id: string) =>
      (await worker.call('bridge_gate', { event: 'PreToolUse', tool_name, agent_id })).text;
    expect(JSON.parse(await ask('a1b2'))).toMatchObject({
      hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' },
    });
    expect(await ask('')).toBe('');
  });

  test('the hook binds only the first prompt to the folder: later Claude may have gone into one below', async () => {
    const gate = gateTool(RUN);
    const ask = async (cwd: string) => {
      const question = { event: 'UserPromptSubmit', cwd, workspace: '/work/site' };
      const answer = await gate.call(question, NOT_USED, NOT_USED);
      return answer.ok ? answer.text : answer.refusal;
    };
    expect(JSON.parse(await ask('/work/elsewhere'))).toMatchObject({ decision: 'block' });
    expect(await ask('/work/site/sub')).toBe('');
  });

  test('the hook is silent on what it does not know', async () => {
    for (const question of [undefined, {}, { event: 'Stop' }, { event: 'UserPromptSubmit' }]) {
      const answer = await gateTool(RUN).call(question, NOT_USED, NOT_USED);
      expect(answer).toEqual({ ok: true, text: '', facts: {} });
    }
  });
});

const NOT_USED = undefined as never;
