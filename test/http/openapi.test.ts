/** The document that programs read of the API is whole, and no input of any kind makes a route fail. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROUTES } from '../../src/http/routes.ts';
import { everything } from '../bridge/steps.ts';
import { anyText, fc } from '../property.ts';
import { createRig, type Rig } from '../rig.ts';
import { EXPECTED } from './expected.ts';
import { type Serving, serve } from './server.ts';

let rig: Rig;
let api: Serving;
beforeAll(async () => {
  rig = await createRig();
  api = await serve(rig);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

test('the OpenAPI document has every route, with its role and its answer, and every reference leads somewhere', async () => {
  const { json } = await api.call('GET /openapi.json');
  expect(json.openapi).toBe('3.1.0');
  for (const { method, path, access, status, answer } of ROUTES) {
    const operation = json.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
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
const body = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  anyText,
  fc
    .dictionary(fc.constantFrom('reason', 'message', 'round', 'tree', 'markdown', 'title', 'x'), json)
    .map((value) => JSON.stringify(value)),
);
// No wait that is taken: the time of this test stands still.
const query = fc
  .tuple(
    fc.dictionary(fc.constantFrom('after', 'limit', 'before', 'status', 'path', 'x'), anyText),
    fc.option(fc.constantFrom('-1', '26', '1e9', 'soon', '0')),
  )
  .map(([asked, wait]) => (wait === null ? asked : { ...asked, wait }));

test.each(
  Object.entries(EXPECTED),
)('%s answers any input without failing, and changes nothing where it refuses', async (name, expectation) => {
  const { method, path, headers } = expectation;
  const ids = fc.oneof(
    fc.constant(path),
    anyText.map(
      (text) =>
        name.split(' ')[1]?.replaceAll(/:\w+/g, encodeURIComponent(text.toWellFormed()) || 'x') ?? path,
    ),
  );
  await fc.assert(
    fc.asyncProperty(ids, query, body, async (target, asked, sent) => {
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
