/** A person who decides after the run has ended: the session resumes with exactly the call that waited, hours later. */
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { steer } from '../../src/bridge/control.ts';
import { currentHolds, resume } from '../../src/bridge/holds.ts';
import { allowRequest, answerRequest, denyRequest } from '../../src/bridge/requests.ts';
import { call, calls, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test } from '../e2e/rig.ts';
import {
  ASKING,
  asked,
  bash,
  conversation,
  leavesLine,
  ran,
  runsOf,
  sendAsking,
  steps,
  submittedWith,
  undecided,
} from './asking.ts';

const LATE = { ...ASKING, ask_wait: '0s', concurrency: 7 };

describe('decisions hours later', () => {
  test('a call that waits costs no request, and runs once when it is allowed, whatever the run has asked besides', async ({
    rig,
  }) => {
    await rig.configure(LATE);
    const both = calls([
      { name: 'Bash', input: leavesLine('one') },
      { name: 'Bash', input: leavesLine('two') },
    ]);
    const ofSubagent = sequence([bash('scout'), bash('scout'), say('it may not')]);
    const ofMain = byConversation({
      '# Plan: Two at once': steps(both, both, bash('two')),
      '# Plan: Steered': steps(bash('steered'), bash('steered')),
      '# Plan: Large': steps(call('Read', { file_path: 'large.txt' }), bash('large'), bash('large')),
      '# Plan: Question': steps(
        bridgeCall('bridge_ask', { question: 'Which port?', options: ['80', '8080'] }),
      ),
      '# Plan: Refused': steps(bash('refused'), bash('refused')),
      '# Plan: Subagent': steps(
        call('Agent', { description: 'Scout', prompt: 'Scout it.', subagent_type: 'general-purpose' }),
      ),
    });
    rig.script = (turn) => (turn.subagentId === undefined ? ofMain(turn) : ofSubagent(turn));
    const large = await rig.workspace('large', { isolation: 'in_place' });
    const words = Array.from({ length: 1_900 }, (_, n) => `line ${n}`);
    await writeFile(join(large, 'large.txt'), words.join('\n'));
    const supervisor = await rig.startSupervisor();
    const { bridge } = rig;
    const two = await sendAsking(rig, 'Two at once');
    const steered = await sendAsking(rig, 'Steered');
    const long = await sendAsking(rig, 'Large', '---\nworkspace: large\n---\n');
    const question = await sendAsking(rig, 'Question');
    const refused = await sendAsking(rig, 'Refused');
    const subagent = await sendAsking(rig, 'Subagent');
    for (const id of [two, steered, long, question, refused]) await rig.until(id, 'awaiting_answer');
    const put = await rig.details(long);
    expect(put.resumeCost?.tokens).toBe(put.runs[0]?.context?.tokens);
    expect(put.resumeCost?.tokens).toBeGreaterThan(put.runs[0]?.context?.startTokens ?? 0);
    await rig.until(subagent, 'awaiting_approval');
    expect((await rig.details(subagent)).requests).toMatchObject([{ state: 'withdrawn' }]);
    expect(await ran(rig, subagent)).toEqual([]);

    // Nobody lives, nothing is spent, whatever happens meanwhile.
    const before = rig.asked().length;
    await supervisor.end('SIGKILL');
    expect(await rig.claudes()).toEqual([]);
    await steer(bridge, steered, 'and hurry', 'person');
    const next = await rig.startSupervisor();
    const ofTwo = await undecided(rig, two, 2);
    expect(ofTwo).toHaveLength(2);
    for (const { id } of ofTwo) await allowRequest(bridge, id, 'once', 'desktop');
    expect(
      rig
        .asked()
        .slice(before)
        .filter((turn) => !turn.mentions('# Plan: Two at once')),
    ).toEqual([]);
    await submittedWith(rig, two, ['one', 'two']);
    expect((await rig.details(two)).requests.map(({ state }) => state)).toEqual(['used', 'used']);

    await allowRequest(bridge, (await asked(rig, steered)).id, 'once', 'desktop');
    await submittedWith(rig, steered, ['steered']);
    expect(conversation(rig, 'Steered').some((turn) => turn.lastUserText.includes('and hurry'))).toBe(true);
    expect((await rig.details(steered)).waitingMessages).toEqual([]);

    await allowRequest(bridge, (await asked(rig, long)).id, 'once', 'desktop');
    await submittedWith(rig, long, ['large']);
    await answerRequest(bridge, (await asked(rig, question)).id, '8080, please', 'desktop');
    await submittedWith(rig, question, []);
    expect(conversation(rig, 'Question')[1]?.toolResults[0]?.text).toContain('8080, please');
    await denyRequest(bridge, (await asked(rig, refused)).id, 'too loud', 'desktop');
    await submittedWith(rig, refused, []);
    expect(conversation(rig, 'Refused')[2]?.toolResults[0]?.text).toContain('too loud');

    for (const id of [steered, long, question, refused])
      expect(await runsOf(rig, id)).toEqual([
        ['execute', 'deferred'],
        ['answer', 'submitted'],
      ]);
    await next.end('SIGTERM');
  });

  test('a session that has lost its call is told what was decided, and the permission still holds', async ({
    rig,
  }) => {
    await rig.configure(LATE);
    rig.script = byConversation({
      '# Plan: Forgotten': steps(bash('a'), bash('a'), bash('a')),
      '# Plan: Refused': steps(bash('b'), bash('b')),
      '# Plan: Asked': steps(bridgeCall('bridge_ask', { question: 'Which port?' })),
    });
    await rig.startSupervisor();
    const { bridge } = rig;
    const ids = [
      await sendAsking(rig, 'Forgotten'),
      await sendAsking(rig, 'Refused'),
      await sendAsking(rig, 'Asked'),
    ] as const;
    const [forgotten, refused, question] = ids;
    for (const id of ids) await rig.until(id, 'awaiting_answer');
    await forgetConversations(rig);
    await allowRequest(bridge, (await asked(rig, forgotten)).id, 'once', 'desktop');
    await denyRequest(bridge, (await asked(rig, refused)).id, 'too loud', 'desktop');
    await answerRequest(bridge, (await asked(rig, question)).id, '8080', 'desktop');
    await submittedWith(rig, forgotten, ['a']);
    await submittedWith(rig, refused, []);
    await rig.until(question, 'awaiting_approval');
    const toldOf = (title: string) =>
      conversation(rig, title).find(
        (turn) => turn.userTexts.length === 1 && turn.mentions('What happened before'),
      )?.lastUserText;
    expect(toldOf('Forgotten')).toContain('make exactly this call again');
    expect(toldOf('Refused')).toContain('too loud');
    expect(toldOf('Asked')).toContain('8080');
    for (const id of ids)
      expect(await runsOf(rig, id)).toEqual([
        ['execute', 'deferred'],
        ['answer', 'submitted'],
      ]);
  });

  test('a call whose tool is not there as its session resumes waits for the tool, and runs once it is back', async ({
    rig,
  }) => {
    const server = join(rig.root, 'extra.mjs');
    await writeFile(server, EXTRA_SERVER);
    await rig.configure({
      ...LATE,
      policy: { ask: ['mcp__extra__leave'] },
      mcp_servers: { extra: { command: process.execPath, args: [server, join(rig.root, 'left')] } },
    });
    const leave = call('mcp__extra__leave', { line: 'of a tool' });
    rig.script = steps(call('ToolSearch', { query: 'select:mcp__extra__leave' }), leave, leave);
    await rig.startSupervisor();
    const id = await sendAsking(rig, 'Tool');
    await rig.until(id, 'awaiting_answer');
    await rename(server, `${server}.away`);
    const before = rig.asked().length;
    await allowRequest(rig.bridge, (await asked(rig, id)).id, 'once', 'desktop');
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'tools_missing' }]);
    expect(rig.asked()).toHaveLength(before);
    await rename(`${server}.away`, server);
    await resume(rig.bridge, 'person');
    await rig.until(id, 'awaiting_approval');
    expect(await readdir(rig.root)).toContain('left');
    expect((await rig.details(id)).project.tries).toBe(0);
    expect(await runsOf(rig, id)).toEqual([
      ['execute', 'deferred'],
      ['answer', 'tools_missing'],
      ['answer', 'submitted'],
    ]);
  });
});

/** As a clean-up of Claude Code does after some weeks. */
async function forgetConversations(rig: Rig): Promise<void> {
  await rm(join(rig.root, 'home', '.claude', 'projects'), { recursive: true });
}

/** A server with one tool, which appends a line to the file of its first argument. */
const EXTRA_SERVER = `
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const answer = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
const tool = { name: 'leave', inputSchema: { type: 'object', properties: { line: { type: 'string' } } } };
createInterface({ input: process.stdin }).on('line', (text) => {
  const { id, method, params } = JSON.parse(text);
  if (method === 'initialize')
    answer(id, {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'extra', version: '1' },
    });
  else if (method === 'tools/list') answer(id, { tools: [tool] });
  else if (method === 'tools/call') {
    appendFileSync(process.argv[2], params.arguments.line + '\\n');
    answer(id, { content: [{ type: 'text', text: 'left' }] });
  } else if (id !== undefined) answer(id, {});
});
`;
