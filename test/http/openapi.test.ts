/** The document that programs read of the API is whole, and no input of any kind makes a route fail. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathTemplate } from '../../src/http/define-route.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { begin, everything, projectIn, send, supervised } from '../bridge/steps.ts';
import { anyText, fc } from '../property.ts';
import type { Rig } from '../rig.ts';
import { EXPECTED } from './expected.ts';
import { type Serving, serve } from './server.ts';

let rig: Rig;
let api: Serving;
// biome-ignore lint/suspicious/noExplicitAny: it is looked into by path.
let document: any;
/** Ids of what there is. */
const known = { project: '', run: '', schedule: '' };
beforeAll(async () => {
  rig = await supervised();
  api = await serve(rig);
  document = (await api.call('GET /openapi.json')).json;
  await send(rig);
  known.run = (await begin(rig)).run.id;
  known.project = await projectIn(rig, 'awaiting_approval');
  const markdown = "---\nschedule: '0 6 * * *'\n---\n# Every morning\n\nSweep.";
  const sent = await api.call('POST /projects', { token: api.tokens.admin, body: { markdown } });
  known.schedule = sent.json.schedule.id;
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

test('the OpenAPI document has every route, with its role and its answer, and every reference leads somewhere', async () => {
  const { json } = await api.call('GET /openapi.json');
  expect(json.openapi).toBe('3.1.0');
  for (const { method, path, access, status, answer } of ROUTES) {
    const operation = json.paths[pathTemplate(path)]?.[method.toLowerCase()];
    expect(operation?.security, path).toEqual(
      access === 'open' ? [] : [{ token: [] }, { cookie: [], key: [] }],
    );
    expect(operation['x-role'] ?? 'open').toBe(access);
    const [type] = Object.keys(operation.responses[status].content);
    expect(type).toBe(typeof answer === 'string' ? answer : 'application/json');
    const named = (operation.parameters ?? [])
      .filter(({ in: where }: { in: string }) => where === 'path')
      .map(({ name }: { name: string }) => name);
    expect(named).toEqual([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
  }
  const text = JSON.stringify(json);
  const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name);
  expect(names).toContain('project');
  expect(names.filter((name) => !(name in json.components.schemas))).toEqual([]);
});

const json = fc.jsonValue({ maxDepth: 3 });
/** What a route takes, as the document says: the names in its query and in its body. */
function namesOf(name: string): { readonly query: string[]; readonly body: string[] } {
  const [method = '', path = ''] = name.split(' ');
  const operation = document.paths[pathTemplate(path)][method.toLowerCase()];
  const inQuery = (operation.parameters ?? []).filter(({ in: place }: { in: string }) => place === 'query');
  const { properties = {} } = operation.requestBody?.content['application/json'].schema ?? {};
  return {
    query: inQuery.map((one: { name: string }) => one.name),
    body: Object.keys(properties),
  };
}

/** Values that a route may take, and others. */
const value = fc.oneof(
  json,
  anyText,
  fc.constantFrom<unknown>('read', 'deny', 'fresh', '# A plan\n\nGo.', 1, 0.5, true, ['Bash(ls)'], null),
);
const bodyWith = (names: readonly string[]) =>
  fc.oneof(
    json.map((one) => JSON.stringify(one)),
    anyText,
    fc.dictionary(fc.constantFrom(...names, 'x'), value).map((one) => JSON.stringify(one)),
  );
/** No wait that is taken: the time of this test stands still. */
const queryWith = (names: readonly string[]) =>
  fc
    .tuple(
      fc.dictionary(
        fc.constantFrom(...names.filter((name) => name !== 'wait' && name !== 'timeout_seconds'), 'x'),
        fc.oneof(anyText, fc.constantFrom('0', '1', '200', 'pending', 'Europe/Berlin', known.project)),
      ),
      fc.option(fc.constantFrom('-1', '26', '1e9', 'soon', '0')),
      // Unless it says so a client waits for a while.
      fc.constantFrom('-1', 'soon', '0'),
    )
    .map(([asked, wait, timeout]) => ({
      ...asked,
      ...(wait !== null && { wait }),
      ...(names.includes('timeout_seconds') && { timeout_seconds: timeout }),
    }));

test.each(
  Object.entries(EXPECTED),
)('%s answers any input without failing, and changes nothing where it refuses', async (name, expectation) => {
  const { method, path, headers } = expectation;
  const names = namesOf(name);
  const template = pathTemplate(name.split(' ')[1] ?? path);
  const kind = name.includes(' /runs') ? 'run' : name.includes(' /schedules') ? 'schedule' : 'project';
  const ids = fc.oneof(
    fc.constant(path),
    fc.constant(template.replace('{id}', known[kind]).replaceAll(/\{\w+\}/g, '1')),
    anyText.map((text) =>
      template.replaceAll(/\{\w+\}/g, () => encodeURIComponent(text.toWellFormed()) || 'x'),
    ),
  );
  await fc.assert(
    fc.asyncProperty(ids, queryWith(names.query), bodyWith(names.body), async (target, asked, sent) => {
      rig.clock.advance(60_000);
      const words = new URLSearchParams(
        Object.entries(asked).map(([key, value]): [string, string] => [key, value.toWellFormed()]),
      );
      const before = await everything(rig.bridge);
      const plain = target.split('?')[0];
      const answer = await api.call(`${method} ${plain}?${words}`, {
        token: api.tokens.admin,
        // One page: a stream has no end.
        headers: { ...headers, accept: 'application/json' },
        ...(method !== 'GET' && { body: sent.toWellFormed() }),
      });
      expect(answer.status).toBeLessThan(500);
      if (answer.status < 400) return;
      expect(answer.json).toMatchObject(
        'jsonrpc' in answer.json ? { error: { code: expect.any(Number) } } : { code: expect.any(String) },
      );
      expect(await everything(rig.bridge)).toEqual(before);
    }),
    { numRuns: 40 },
  );
});
