/** The tools of a run that ask a person, as Claude Code calls them. */
import { describe, expect, test } from 'vitest';
import { allowRequest, answerRequest, denyRequest, listRequests } from '../../src/bridge/requests.ts';
import type { Scope } from '../../src/mcp/code/scope.ts';
import { eventually } from '../eventually.ts';
import { HOUR, JumpingClock } from '../faults/jumping-clock.ts';
import { ASKS_NOBODY, code, runOf, stateFolder } from './rig.ts';

const TOOL_USE = { 'claudecode/toolUseId': 'toolu_1' };
const ASKED = { question: 'Which port?', options: ['80', '8080'], default: '80' };
const PATIENT = { ...ASKS_NOBODY, askWaitMs: 600_000, asksAbout: ['Bash(npm publish *)'] } as const;

async function asking(options: Partial<Scope> = PATIENT) {
  const home = stateFolder();
  const { bridge, scope } = await runOf(home);
  const clock = new JumpingClock();
  const worker = await code(home, { ...scope, ...ASKS_NOBODY, ...options }, clock);
  const request = () =>
    eventually(async () => {
      const [first] = await listRequests(bridge, { undecided: true });
      if (!first) throw new Error('nothing is asked');
      return first;
    });
  const gate = async (facts: object) => {
    const { text } = await worker.call('bridge_gate', {
      event: 'PreToolUse',
      tool_use_id: 'toolu_1',
      ...facts,
    });
    return text === '' ? undefined : JSON.parse(text).hookSpecificOutput;
  };
  return { bridge, worker, request, gate, clock };
}

const QUESTION = { tool_name: 'mcp__claude_bridge_code__bridge_ask', tool_input: JSON.stringify(ASKED) };

describe('a question of a run', () => {
  test('a question waits in the gate, and is answered by the tool behind it', async () => {
    const { bridge, worker, request, gate } = await asking();
    const waiting = gate(QUESTION);
    const { id, options, question, defaultAnswer } = await request();
    expect({ options, question, defaultAnswer }).toEqual({
      options: ['80', '8080'],
      question: 'Which port?',
      defaultAnswer: '80',
    });
    await answerRequest(bridge, id, '8080', 'desktop');
    expect(await waiting).toBeUndefined();
    const answer = await worker.call('bridge_ask', ASKED, TOOL_USE);
    expect(answer).toMatchObject({ isError: false, text: '8080', facts: { answer: '8080' } });
  });

  test('a question that nobody answers at once is put off', async () => {
    const { gate } = await asking(ASKS_NOBODY);
    expect(await gate(QUESTION)).toEqual({ hookEventName: 'PreToolUse', permissionDecision: 'defer' });
  });

  test('a question of a subagent is not put off: it would be lost', async () => {
    const { gate } = await asking(ASKS_NOBODY);
    expect(await gate({ ...QUESTION, agent_id: 'a1' })).toMatchObject({ permissionDecision: 'deny' });
  });

  test.each([
    ['empty', { question: ' ' }],
    ['of hidden characters alone', { question: '\u202e\u200b\u0007' }],
    ['with an option that nobody can see', { question: 'Which?', options: ['\u200b', 'b'] }],
    ['with a default that nobody can see', { question: 'Which?', default: '\u0007' }],
    ['with one option', { question: 'A?', options: ['yes'] }],
    ['with seven options', { question: 'A?', options: [...'abcdefg'] }],
  ])('a question that is %s is refused by its tool, and nobody is asked', async (_, asked) => {
    const { bridge, worker, gate } = await asking(ASKS_NOBODY);
    expect(await gate({ ...QUESTION, tool_input: JSON.stringify(asked) })).toBeUndefined();
    const answer = await worker.call('bridge_ask', asked, TOOL_USE);
    expect(answer.text).toMatch(/^ERROR: bridge_ask: /);
    expect(await listRequests(bridge, { undecided: true })).toEqual([]);
  });
});

describe('the permission prompt of a run', () => {
  const PUBLISH = { tool_name: 'Bash', input: { command: 'npm publish' }, tool_use_id: 'toolu_1' };
  const answered = async (worker: Awaited<ReturnType<typeof asking>>['worker'], call: object) => {
    const { text, facts } = await worker.call('bridge_permission', { ...call });
    // Claude Code takes a text and nothing besides.
    expect(facts).toEqual({});
    return JSON.parse(text);
  };

  test('a call that is allowed is made as it stands: the answer has no input of its own', async () => {
    const { bridge, worker, request } = await asking();
    const waiting = answered(worker, PUBLISH);
    await allowRequest(bridge, (await request()).id, 'once', 'desktop');
    expect(await waiting).toEqual({ behavior: 'allow' });
  });

  test('a call that is denied is told the reason', async () => {
    const { bridge, worker, request } = await asking();
    const waiting = answered(worker, PUBLISH);
    await denyRequest(bridge, (await request()).id, 'not today', 'desktop');
    expect(await waiting).toEqual({ behavior: 'deny', message: 'the person denied it: not today' });
  });

  test('a call that no rule asks about is denied at once, and nobody is asked', async () => {
    const { bridge, worker } = await asking();
    const other = { ...PUBLISH, input: { command: 'npm whoami' } };
    expect(await answered(worker, other)).toMatchObject({ behavior: 'deny' });
    expect(await answered(worker, {})).toMatchObject({ behavior: 'deny' });
    expect(await listRequests(bridge, { undecided: true })).toEqual([]);
  });

  test('a run that asks about nothing has no permission prompt', async () => {
    const { worker } = await asking(ASKS_NOBODY);
    expect((await worker.call('bridge_permission', PUBLISH)).text).toMatch(/^ERROR: unknown tool/);
  });
});

describe('a clock that is set back while a call waits for a person', () => {
  const BRIEFLY = { ...PATIENT, askWaitMs: 300 };

  test('a question waits no longer than it would have, and is then put off', async () => {
    const { clock, request, gate } = await asking(BRIEFLY);
    const waiting = gate(QUESTION);
    await request();
    clock.jump(-HOUR);
    expect(await waiting).toMatchObject({ permissionDecision: 'defer' });
  });

  test('a call that wants a permission waits no longer than it would have, and its repetition is put off', async () => {
    const { clock, worker, request, gate } = await asking(BRIEFLY);
    const input = { command: 'npm publish' };
    const waiting = worker.call('bridge_permission', { tool_name: 'Bash', input, tool_use_id: 'toolu_1' });
    await request();
    clock.jump(-HOUR);
    expect(JSON.parse((await waiting).text)).toMatchObject({ behavior: 'deny' });
    const again = { tool_name: 'Bash', tool_input: JSON.stringify(input), tool_use_id: 'toolu_2' };
    expect(await gate(again)).toMatchObject({ permissionDecision: 'defer' });
  });
});

test('a session that goes on with a call in another folder than its own does not make the call', async () => {
  const { gate } = await asking();
  const here = { tool_name: 'Bash', tool_input: '{}', cwd: '/elsewhere', workspace: '/work/site' };
  expect(await gate(here)).toMatchObject({ permissionDecision: 'deny' });
});
