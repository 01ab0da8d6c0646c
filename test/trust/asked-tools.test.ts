/** Which calls reach a person, whatever the rule that names them: each waits, and is made as often as it was allowed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { allowRequest } from '../../src/bridge/requests.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test } from '../e2e/rig.ts';
import { asked, ran, runsOf, sendAsking, steps } from './asking.ts';

const shop = fileURLToPath(new URL('./fixtures/shop.mjs', import.meta.url));

test('a call that a rule names by its server, by an older name or by a variable waits for a person, and is made once', async ({
  rig,
}) => {
  const sold = join(rig.root, 'sold');
  await rig.configure({
    ask_wait: '0s',
    concurrency: 4,
    mcp_servers: { shop: { command: process.execPath, args: [shop, sold] } },
  });
  await rig.workspace('shop', { policy: { ask: ['mcp__shop'] } });
  await rig.workspace('scout', { policy: { ask: ['Task'] } });
  await rig.workspace('commands', { policy: { ask: ['Bash(echo *)'] } });
  const pay = call('mcp__shop__pay', { what: 'a clock' });
  const scout = call('Agent', {
    description: 'Scout',
    prompt: 'Scout it.',
    subagent_type: 'general-purpose',
  });
  const hidden = call('Bash', { command: 'T=echo; $T hidden >> ran', description: 'Leave a line' });
  const ofMain = byConversation({
    '# Plan: Shop': steps(pay, pay),
    '# Plan: Scout': steps(scout, scout),
    '# Plan: Hidden': steps(hidden, hidden),
  });
  rig.script = (turn) => (turn.subagentId === undefined ? ofMain(turn) : say('scouted'));
  await rig.startSupervisor();
  const ids = [
    await sendAsking(rig, 'Shop', workspace('shop')),
    await sendAsking(rig, 'Scout', workspace('scout')),
    await sendAsking(rig, 'Hidden', workspace('commands')),
  ] as const;
  for (const id of ids) await rig.until(id, 'awaiting_answer');
  expect(await readFile(sold, 'utf8').catch(() => '')).toBe('');
  expect(await ran(rig, ids[2])).toEqual([]);
  for (const id of ids) await allowRequest(rig.bridge, (await asked(rig, id)).id, 'once', 'desktop');
  for (const id of ids) await rig.until(id, 'awaiting_approval');
  expect(await readFile(sold, 'utf8')).toBe('a clock\n');
  expect(rig.asked().filter(({ subagentId }) => subagentId !== undefined)).toHaveLength(1);
  expect(await ran(rig, ids[2])).toEqual(['hidden']);
  for (const id of ids)
    expect(await runsOf(rig, id)).toEqual([
      ['execute', 'deferred'],
      ['answer', 'submitted'],
    ]);
});

test('a call that was asked about waits for its answer also under a policy that asks about nothing any more', async ({
  rig,
}) => {
  await rig.configure({ ask_wait: '0s', policy: { ask: ['Bash(echo *)'] } });
  const line = call('Bash', { command: 'echo a >> ran', description: 'Leave a line' });
  rig.script = steps(line, line);
  const supervisor = await rig.startSupervisor();
  const id = await sendAsking(rig, 'Asked before');
  await rig.until(id, 'awaiting_answer');
  await supervisor.end('SIGTERM');
  await rig.configure({ policy: { allow: ['Bash(echo *)'] } });
  await rig.startSupervisor();
  const { id: requestId } = await asked(rig, id);
  await rig.command('deny', requestId, '--reason', 'too loud');
  await rig.until(id, 'awaiting_approval');
  expect(await ran(rig, id)).toEqual([]);
  expect(lastResults(rig)).toContainEqual(expect.stringContaining('too loud'));
});

test('a question waits for its answer in a run that may ask about no call', async ({ rig }) => {
  await rig.configure({ ask_wait: '0s' });
  rig.script = steps(bridgeCall('bridge_ask', { question: 'Which port?' }));
  await rig.startSupervisor();
  const id = await sendAsking(rig, 'Question');
  await rig.until(id, 'awaiting_answer');
  await rig.command('answer', (await asked(rig, id)).id, '8080');
  await rig.until(id, 'awaiting_approval');
  expect(lastResults(rig)).toContainEqual(expect.stringContaining('8080'));
});

function workspace(name: string): string {
  return `---\nworkspace: ${name}\n---\n`;
}

function lastResults(rig: Rig): string[] {
  return rig.asked().flatMap(({ toolResults }) => toolResults.map(({ text }) => text));
}
