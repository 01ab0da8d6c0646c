/** The example of each route, made as docs/http.md shows it: the same command, and the same answer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWrite, type Route } from '../../src/http/define-route.ts';
import { commandOf } from '../../src/http/example-text.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { differences } from './differences.ts';
import { createExampleStage, type ExampleStage } from './example-stage.ts';

const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);

describe.skipIf(onWindows)('with curl', () => {
  const title = '%s is answered as docs/http.md shows it (needs a shell)';

  describe('that only looks', () => {
    let stage: ExampleStage;
    beforeAll(async () => {
      stage = await createExampleStage();
    });
    afterAll(() => stage[Symbol.asyncDispose]());

    test.each(named(ROUTES.filter((route) => !isWrite(route))))(title, (_, route) => tryOut(route, stage));
  });

  test.each(named(ROUTES.filter(isWrite)))(title, async (_, route) => {
    await using stage = await createExampleStage();
    await tryOut(route, stage);
  });
});

test('docs/http.md says what each name in an example stands for, and no other', async () => {
  await using stage = await createExampleStage();
  const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
  const [, explained = ''] = /## Names in the examples(.*?)## Routes/s.exec(page) ?? [];
  const used = ROUTES.map((route) => commandOf(route) + JSON.stringify(route.example.answer)).join();
  expect(namesIn(explained)).toEqual(namesIn(used));
  expect(namesIn(used)).toEqual(Object.keys(stage.names).toSorted());
});

function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(NAME)].map(([, name = '']) => name))].toSorted();
}

const NAME = /\$([A-Z]+)/g;

async function tryOut(route: Route, stage: ExampleStage): Promise<void> {
  const { example, status } = route;
  const shown = withNames(example.answer, stage.names);
  if (example.goesOn) return await follow(route, stage, shown);
  const answered = await call(route, stage);
  expect(answered.status, answered.body).toBe(example.status ?? status);
  const isText = typeof shown === 'string';
  expect(differences(shown, isText ? answered.body : JSON.parse(answered.body))).toEqual([]);
}

/** By `curl`, in a shell that has nothing but the names. */
function start(route: Route, { api, names }: ExampleStage, options = '') {
  const command = commandOf(route)
    .replaceAll('7823', `${api.port}`)
    .replace(/^curl/, `curl --silent ${options}`);
  return spawn('sh', ['-c', `exec ${command}`], {
    env: { PATH: process.env.PATH, ...names },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function call(
  route: Route,
  stage: ExampleStage,
): Promise<{ readonly status: number; readonly body: string }> {
  const curl = start(route, stage, "--write-out '\\n%{http_code}'");
  const answered = await text(curl.stdout);
  const end = answered.lastIndexOf('\n');
  return { status: Number(answered.slice(end)), body: answered.slice(0, end) };
}

/** Waits until what is shown has come. */
async function follow(route: Route, stage: ExampleStage, shown: unknown): Promise<void> {
  const curl = start(route, stage);
  const ended = once(curl, 'close');
  let come = '';
  curl.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    come += chunk;
  });
  try {
    await eventually(() => expect(differences(shown, come)).toEqual([]), 10);
  } finally {
    curl.kill();
    await ended;
  }
}

function withNames(shown: unknown, names: ExampleStage['names']): unknown {
  const replaced = JSON.stringify(shown).replaceAll(NAME, (_, name: string) => names[name] ?? `no $${name}`);
  return JSON.parse(replaced);
}

test.each([
  ['another value', { a: 1 }, { a: 2 }],
  ['a text that goes on otherwise', 'one… three', 'one two four'],
  ['a member that is missing', { a: 1, '…': '…' }, { b: 1 }],
  ['a member that is not shown', { a: 1 }, { a: 1, b: 2 }],
  ['a mark where nothing is left out', [1, '…'], [1]],
  ['a list that is shorter', [1, 2], [1]],
  ['an object instead of a list', [], {}],
])('an example that shows %s is found to be wrong', (_, shown, actual) => {
  expect(differences(shown, actual)).not.toEqual([]);
});
