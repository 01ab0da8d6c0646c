/** What a person is told of the output of Claude, and where each line stands in it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followOutput } from '../../src/claude/follow-output.ts';
import { readItems } from '../../src/claude/run-items.ts';
import { PARTIAL } from '../../src/claude/stream.ts';
import { systemClock } from '../../src/clock.ts';
import type { RunLine } from '../../src/project/run-item.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { dropPartials } from '../../src/supervisor/run/partial-output.ts';
import { anyText, fc } from '../property.ts';
import { startClaude, temporaryFolder } from './rig.ts';

async function linesIn(file: string, after = 0): Promise<RunLine[]> {
  const lines: RunLine[] = [];
  for await (const one of followOutput(file, after, AbortSignal.abort(), systemClock)) lines.push(one);
  return lines;
}

test('the output of the real claude reads as a conversation, at the same positions before and after partial answers go', async () => {
  await using simulator = await startSimulator({
    script: sequence([call('Read', { file_path: '/nowhere' }), say('It is not there.')]),
  });
  const { raw } = await (await startClaude(simulator.url, { prompt: 'Read it.' })).ended;
  expect(raw).toContain(PARTIAL);
  const file = join(await temporaryFolder(), 'out.jsonl');
  await writeFile(file, raw);
  const live = await linesIn(file);
  expect(live.flatMap(({ items }) => items)).toEqual([
    { kind: 'began', model: expect.any(String), claudeVersion: expect.stringMatching(/^2\./) },
    { kind: 'message', text: 'Read it.', cut: false },
    {
      kind: 'tool_call',
      callId: expect.any(String),
      tool: 'Read',
      summary: 'Read: /nowhere',
      text: '{"file_path":"/nowhere"}',
      cut: false,
      ofSubagent: false,
    },
    { kind: 'denied', callId: expect.any(String), reason: 'workingDir' },
    { kind: 'tool_result', callId: expect.any(String), failed: true, text: expect.any(String), cut: false },
    { kind: 'text', text: 'It is not there.', cut: false, ofSubagent: false },
    { kind: 'ended', failed: false, turns: 2, text: 'It is not there.', cut: false },
  ]);
  expect(live.map(({ at }) => at !== null)).toEqual([false, true, true, false, true, true, false]);
  await dropPartials(file);
  expect(await linesIn(file)).toEqual(live);
  for (const [at, { position }] of live.entries())
    expect(await linesIn(file, position)).toEqual(live.slice(at + 1));
});

const line = (value: object) => JSON.stringify(value);
const said = (content: unknown, type = 'assistant') => line({ type, message: { id: 'm', content } });

test.each([
  ['a secret', { type: 'text', text: `key sk-ant-api03-${'x'.repeat(40)}` }, 'key [redacted]'],
  ['what steers a terminal', { type: 'text', text: 'a\u001b[2Jb\u202ec' }, 'abc'],
  ['what a tool was given', { type: 'tool_use', id: 't', name: 'X', input: { a: 1 } }, '{"a":1}'],
])('%s in the output is shown as it may be', (_, block, text) => {
  expect(readItems(said([block]))).toMatchObject([{ text, cut: false }]);
});

test('a long text of the output is cut and says so, and no surrogate pair is split', () => {
  const [item] = readItems(said([{ type: 'text', text: `${'x'.repeat(19_999)}😀${'y'.repeat(90_000)}` }]));
  expect(item).toMatchObject({ text: 'x'.repeat(19_999), cut: true });
});

test('a call in the output names a file from the folder of the run, whatever line the reading begins after', async () => {
  const cwd = '/work/shop';
  const call = (id: string) => ({
    type: 'tool_use',
    id,
    name: 'Read',
    input: { file_path: `${cwd}/${id}.ts` },
  });
  const file = join(await temporaryFolder(), 'out.jsonl');
  const init = line({ type: 'system', subtype: 'init', cwd });
  await writeFile(file, `${[init, said([call('a')]), said([call('b')])].join('\n')}\n`);
  const [began, first, second] = await linesIn(file);
  expect(began?.items).toMatchObject([{ kind: 'began' }]);
  expect(first?.items).toMatchObject([{ summary: 'Read: a.ts', text: `{"file_path":"${cwd}/a.ts"}` }]);
  expect(await linesIn(file, first?.position)).toEqual([second]);
  expect(second?.items).toMatchObject([{ summary: 'Read: b.ts' }]);
});

test('the answer of a tool is its texts, and a picture in it is named', () => {
  const content = [
    { type: 'text', text: 'one' },
    { type: 'image', source: {} },
    { type: 'text', text: 'two' },
  ];
  const result = { type: 'tool_result', tool_use_id: 't', content };
  expect(readItems(said([result], 'user'))).toEqual([
    { kind: 'tool_result', callId: 't', failed: false, text: 'one\n[image]\ntwo', cut: false },
  ]);
});

test.each([
  ['a refused call', { type: 'system', subtype: 'permission_denied', tool_use_id: 't' }, 'denied'],
  ['a try again', { type: 'system', subtype: 'api_retry', attempt: 2, error: 'overloaded' }, 'api_retry'],
  [
    'a usage limit',
    { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt: 1_800_000_000 } },
    'rate_limit',
  ],
])('%s is told of the output', (_, event, kind) => {
  expect(readItems(line(event))).toMatchObject([{ kind }]);
});

test('any line is read without failing, and what is not known is passed over', () => {
  expect(readItems('{')).toEqual([]);
  expect(readItems(said([{ type: 'a block of next year' }, 7, null]))).toEqual([]);
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.json(),
        fc.array(fc.jsonValue()).map((content) => said(content)),
        fc.jsonValue().map((content) => said([{ type: 'tool_result', tool_use_id: 't', content }], 'user')),
      ),
      (text) => {
        for (const item of readItems(text)) expect(item.kind).toEqual(expect.any(String));
      },
    ),
  );
});
