import { expect, test } from 'vitest';
import { RunAccountant } from '../../src/claude/run-account.ts';
import { readEvent } from '../../src/claude/stream.ts';

const denied = (id: string, tool_input: Record<string, unknown> = { command: 'npm test' }) => ({
  tool_name: 'Bash',
  tool_use_id: id,
  tool_input,
});

function accountOf(...events: readonly Record<string, unknown>[]) {
  const accountant = new RunAccountant();
  for (const event of events) {
    const read = readEvent(JSON.stringify(event));
    if (read) accountant.take(read);
  }
  return accountant.account;
}

const usage = (inputTokens: number) => ({
  opus: {
    inputTokens,
    outputTokens: 2,
    cacheReadInputTokens: 3,
    cacheCreationInputTokens: 4,
    costUSD: 0.1,
  },
});

test('the tokens of all turns and models of a run are added up', () => {
  const { tokens } = accountOf(
    { type: 'result', model_usage_since_last_result: { ...usage(1), haiku: usage(10).opus } },
    { type: 'result', model_usage_since_last_result: usage(100) },
  );
  expect(tokens).toEqual({ input: 111, output: 6, cacheRead: 9, cacheWrite: 12 });
});

test('a Claude that states no tokens leaves them unknown', () => {
  expect(accountOf({ type: 'result', total_cost_usd: 1 })).toEqual({ tokens: null, denied: [] });
});

test('a denied call is told once, with what refused it', () => {
  const by = (tool_use_id: string, decision_reason_type: string) => ({
    type: 'system',
    subtype: 'permission_denied',
    tool_name: 'Bash',
    tool_use_id,
    decision_reason_type,
  });
  const { denied: calls } = accountOf(
    by('a', 'rule'),
    by('b', 'permissionPromptTool'),
    by('c', 'sandboxOverride'),
    { type: 'result', permission_denials: [denied('a'), denied('b')] },
    { type: 'result', permission_denials: [denied('a'), denied('b'), denied('c'), denied('d', {})] },
  );
  expect(calls).toEqual([
    { id: 'a', tool: 'Bash', what: 'Bash: npm test', input: { command: 'npm test' }, by: 'rule' },
    { id: 'b', tool: 'Bash', what: 'Bash: npm test', input: { command: 'npm test' }, by: 'person' },
    { id: 'c', tool: 'Bash', what: 'Bash: npm test', input: { command: 'npm test' }, by: 'sandbox' },
    { id: 'd', tool: 'Bash', what: 'Bash', input: {}, by: 'mode' },
  ]);
});
