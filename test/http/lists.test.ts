/** Lists and single reads: what is found, what follows, and what a client need not be told again. */
import { expect, test } from 'vitest';
import { currentCursor } from '../../src/bridge/changes.ts';
import { steer } from '../../src/bridge/control.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { accepted, projectIn } from '../bridge/steps.ts';
import { createRig, type Rig } from '../rig.ts';
import { addProject } from '../store/rows.ts';
import { answerOf, serve } from './server.ts';

async function fill(rig: Rig, titles: readonly string[]): Promise<void> {
  await databaseOf(rig.bridge).write(async ({ trx }) => {
    for (const [at, title] of titles.entries()) await addProject(trx, 1_000 + at, { title });
  });
}

test('projects are searched over HTTP by the letters as they stand, page by page, newest first', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  await fill(rig, ['100 %', '50% & more?', 'nothing', 'x% #1', '7%']);
  const titles: string[] = [];
  for (let next: string | undefined = '/projects?limit=2&q=%25'; next; ) {
    const answer = await api.call(`GET ${next}`, { token });
    titles.push(...answerOf('GET /projects', answer).map(({ title }: { title: string }) => title));
    next = /^<([^>]+)>; rel="next"$/.exec(`${answer.headers.link}`)?.[1];
    if (next) expect(next).toContain('q=%25');
  }
  expect(titles).toEqual(['7%', 'x% #1', '50% & more?', '100 %']);
  const found = async (q: string) => {
    const answer = await api.call(`GET /projects?q=${encodeURIComponent(q)}`, { token });
    return answerOf('GET /projects', answer).map(({ title }: { title: string }) => title);
  };
  expect(await found('& MORE?')).toEqual(['50% & more?']);
  expect(await found(' \u202e ')).toHaveLength(5);
  expect(await found('_')).toEqual([]);
  const [{ id }] = answerOf('GET /projects', await api.call('GET /projects?q=nothing', { token }));
  expect(await found(id)).toEqual(['nothing']);
  expect((await api.call(`GET /projects?q=${'x'.repeat(201)}`, { token })).status).toBe(422);
});

test.each([
  '/projects',
  '/overview',
  '/schedules',
  '/questions',
])('GET %s says where the history stood before it was read', async (path) => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const cursor = await currentCursor(rig.bridge);
  const { headers } = await api.call(`GET ${path}`, { token: api.tokens.read });
  expect(headers['bridge-cursor']).toBe(cursor);
});

test('a client that has a project is not sent it again until it has changed', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const id = await projectIn(rig, 'in_progress');
  const ask = (known?: string) =>
    api.call(`GET /projects/${id}`, {
      token,
      headers: known === undefined ? {} : { 'if-none-match': known },
    });
  const first = await ask();
  const tag = `${first.headers.etag}`;
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await ask(known);
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', tag]);
    expect(again.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'bridge-cursor': expect.any(String),
    });
  }
  expect((await ask('"other"')).status).toBe(200);
  accepted(await steer(rig.bridge, id, 'Use Rust.', 'person'));
  const changed = await ask(tag);
  expect(changed.status).toBe(200);
  expect(changed.headers.etag).not.toBe(tag);
});

test('what is refused has no tag, and a tag lets nobody in', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const id = await projectIn(rig, 'in_progress');
  const headers = { 'if-none-match': '*' };
  const missing = await api.call('GET /projects/0123456789ab', { token: api.tokens.read, headers });
  expect([missing.status, missing.headers.etag]).toEqual([404, undefined]);
  expect((await api.call(`GET /projects/${id}`, { headers })).status).toBe(401);
});
