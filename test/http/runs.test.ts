/** What Claude writes in a run, followed over HTTP. */
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { revokeCredential } from '../../src/bridge/credentials.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { systemClock } from '../../src/clock.ts';
import type { Run } from '../../src/project/run.ts';
import { runFiles, runsFolder } from '../../src/state-folder.ts';
import { begin, beSupervisor, ending, send } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig } from '../rig.ts';
import { answerOf, serve } from './server.ts';
import { type Client, follow } from './stream-client.ts';

/** A run under way, in a store with real time, so that its watch works. */
async function underWay(): Promise<{ rig: Rig; run: Run }> {
  const rig = await createRig({ storeClock: systemClock });
  await beSupervisor(rig);
  await send(rig);
  const { run } = await begin(rig);
  await mkdir(runsFolder(rig.home), { recursive: true });
  return { rig, run };
}

const saying = (text: string) =>
  `${JSON.stringify({ type: 'assistant', message: { id: text, content: [{ type: 'text', text }] } })}\n`;
const answering = (text: string) => {
  const content = [{ type: 'tool_result', tool_use_id: 't', content: text }];
  return `${JSON.stringify({ type: 'user', message: { content } })}\n`;
};
const PIECE = '{"type":"stream_event","event":{"type":"content_block_delta"}}\n';

const write = (rig: Rig, { id }: Run, text: string) => appendFile(runFiles(rig.home, id).output, text);
const textsOf = ({ rows }: Client) =>
  rows.flatMap(({ items }) => items.map(({ text }: { text: string }) => text));
const has = (client: Client, texts: readonly (string | null)[]) =>
  eventually(() => expect(textsOf(client)).toEqual(texts), 10);

test('a run is followed over HTTP as Claude writes, and its stream ends with it', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  await write(rig, run, `${saying('one')}${PIECE}${saying('two').slice(0, 20)}`);
  using client = await follow(api, api.tokens.read, `/runs/${run.id}/stream`);
  await has(client, ['one']);
  await write(rig, run, `${saying('two').slice(20)}no JSON\n${PIECE}`);
  await has(client, ['one', 'two']);
  await write(rig, run, saying('three'));
  await endRun(leaseOf(rig), run, { kind: 'no_completion' }, ending);
  await client.closed;
  expect(textsOf(client)).toEqual(['one', 'two', 'three']);
  expect(client.frames).toEqual([{ event: 'end', data: { outcome: { kind: 'no_completion' } } }]);
  const [one = 0, two = 0, three = 0] = client.ids;
  expect([one, two - one, three - two]).toEqual([
    saying('one').length,
    saying('two').length,
    saying('three').length + 'no JSON\n'.length,
  ]);
});

test('a client that was cut off goes on in a run where it was, and misses and repeats nothing', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  const words = Array.from({ length: 40 }, (__, at) => `word ${at}`);
  await write(rig, run, words.map((word) => saying(word) + PIECE).join(''));
  const path = `/runs/${run.id}/stream`;
  const seen: string[] = [];
  let last = 0;
  for (let at = 0; at < words.length; at += 10) {
    using client = await follow(api, api.tokens.read, path, String(last));
    await eventually(() => expect(client.ids.length).toBe(words.length - at), 10);
    seen.push(...textsOf(client).slice(0, 10));
    last = client.ids[9] ?? 0;
  }
  expect(seen).toEqual(words);
  using after = await follow(api, api.tokens.read, `${path}?after=${last}`);
  await write(rig, run, saying('more'));
  await has(after, ['more']);
});

test('a run that has ended is told whole and ends at once, and one whose output is gone is not kept', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  await write(rig, run, saying('one'));
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
  using client = await follow(api, api.tokens.read, `/runs/${run.id}/stream`);
  await client.closed;
  expect([textsOf(client), client.frames.map(({ event }) => event)]).toEqual([['one'], ['end']]);
  await rm(runFiles(rig.home, run.id).output);
  const { status, json } = await api.call(`GET /runs/${run.id}/stream`, { token: api.tokens.read });
  expect([status, json.code]).toEqual([404, 'not-kept']);
});

test('the stream of a run whose output is not there yet begins with it', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  using client = await follow(api, api.tokens.read, `/runs/${run.id}/stream`);
  await rig.clock.slept(1_000);
  await write(rig, run, saying('one'));
  rig.clock.advance(1_000);
  await has(client, ['one']);
});

test('what tools have answered is for admins alone, in a stream and in a page', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  await write(rig, run, answering('whatever was read'));
  for (const [role, text] of [
    ['read', null],
    ['decide', null],
    ['admin', 'whatever was read'],
  ] as const) {
    using client = await follow(api, api.tokens[role], `/runs/${run.id}/stream`);
    await has(client, [text]);
    const page = await api.call(`GET /runs/${run.id}/stream`, {
      token: api.tokens[role],
      headers: { accept: 'application/json' },
    });
    expect(answerOf('GET /runs/:id/stream', page).lines).toEqual(client.rows);
  }
});

test('the output of a run is read page by page as JSON, until it has ended', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  const words = Array.from({ length: 450 }, (__, at) => `word ${at}`);
  await write(rig, run, words.map(saying).join(''));
  const read = async (after: number) => {
    const answer = await api.call(`GET /runs/${run.id}/stream?after=${after}`, {
      token: api.tokens.read,
      headers: { accept: 'application/json' },
    });
    return answerOf('GET /runs/:id/stream', answer);
  };
  const first = await read(0);
  const second = await read(first.position);
  const third = await read(second.position);
  const pages = [first, second, third];
  expect(pages.flatMap(({ lines }) => textsOf({ rows: lines } as Client))).toEqual(words);
  expect(await read(third.position)).toEqual({ lines: [], position: third.position, ended: false });
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
  expect(pages.map(({ ended }) => ended)).toEqual([false, false, false]);
  expect(await read(third.position)).toEqual({ lines: [], position: third.position, ended: true });
});

test('the stream of a run ends as soon as its token is revoked, and the server says when it stops', async () => {
  const { rig, run } = await underWay();
  await using _ = rig;
  const api = await serve(rig);
  await write(rig, run, saying('one'));
  using revoked = await follow(api, api.tokens.read, `/runs/${run.id}/stream`);
  using kept = await follow(api, api.tokens.decide, `/runs/${run.id}/stream`);
  await has(revoked, ['one']);
  await has(kept, ['one']);
  await revokeCredential(rig.bridge, 'read', 'person');
  await revoked.closed;
  expect(revoked.frames).toEqual([{ event: 'bye', data: { reason: 'revoked' } }]);
  await api[Symbol.asyncDispose]();
  await kept.closed;
  expect(kept.frames).toEqual([{ event: 'bye', data: { reason: 'stopping' } }]);
});

test.each([
  '-1',
  'soon',
  '1e3',
  '',
  '9'.repeat(16),
])('%j is no position in the output of a run', async (after) => {
  const { rig, run } = await underWay();
  await using _ = rig;
  await using api = await serve(rig);
  const { status, json } = await api.call(`GET /runs/${run.id}/stream?after=${after}`, {
    token: api.tokens.read,
  });
  expect([status, json.code]).toEqual([400, 'wrong-cursor']);
});
