/** The oracles about what was asked: each finds what it is there for, and nothing in a record that is sound. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { asking } from './check-asking.ts';
import { money } from './check-money.ts';
import type { Watched } from './checks.ts';
import { guardedLog } from './guarded.ts';
import { createJournal } from './journal.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

/** A permission for one call of `soak-guarded p1 red` that was used up, as everybody tells of it. */
const PERMISSION = {
  id: 'aaaaaaaaaaaa',
  kind: 'permission',
  input: JSON.stringify({ command: 'soak-guarded p1 red' }),
  question: '',
  run_id: 'run1',
  state: 'used',
  scope: 'once',
  answer: null,
  decided_via: 'cli',
  decided_at: at(1),
};
const RAN = [[2, 'run1']] as const;
const RUN = {
  id: 'run1',
  project_id: 'one',
  round: 2,
  outcome: 'submitted',
  spawned_at: at(0),
  ended_at: at(9),
  cost_usd: 0.03,
};

interface Story {
  readonly request?: Partial<Record<keyof typeof PERMISSION, string | null>>;
  readonly ran?: readonly (readonly [second: number, run: string])[];
  readonly decided?: readonly string[];
  readonly outcome?: string;
  readonly requestedAt?: number;
  readonly told?: string;
  readonly costUsd?: number;
  /** The round in which an equal call was denied; that of the run is 2. */
  readonly deniedIn?: number;
}

const test = base.extend<{ found: (story: Story) => Promise<string[]> }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from it.
  found: async ({}, use) => {
    const root = await mkdtemp(join(tmpdir(), 'bridge-soak-test-'));
    await use(async (story) => {
      const lines = (story.ran ?? RAN).map(([second, run]) => `${START + second * 1000} p1 red ${run}\n`);
      await writeFile(guardedLog(root), lines.join(''));
      const watched = watchedOf(root, story);
      return [...(await asking(watched)), ...money(watched)].map(([kind, what]) => `${kind}: ${what}`);
    });
    await rm(root, { recursive: true });
  },
});

function watchedOf(root: string, story: Story): Watched {
  const journal = createJournal();
  const plan = { tag: 'p1', requestId: 'sent', projectId: 'one', limitUsd: 0.05 };
  journal.plans.push({ ...plan, rejections: 0, deliberationMs: 0, refused: false, retries: 0 });
  journal.answers.push({ requestId: PERMISSION.id, scope: 'once', text: null, acknowledged: true });
  journal.requestedAt.set('p1', [START + (story.requestedAt ?? 5) * 1000]);
  journal.messages.set('p1', 3);
  journal.messagePriceUsd = 0.01;
  if (story.told !== undefined) journal.told.set('t', { question: 'Which?', text: story.told });
  const question = {
    ...PERMISSION,
    kind: 'question',
    question: 'Which?',
    state: 'answered',
    scope: null,
    answer: 'It.',
  };
  const asked = [
    { ...PERMISSION, ...story.request },
    ...(story.told === undefined ? [] : [{ ...question, id: 'bbbbbbbbbbbb', decided_via: 'rule' }]),
  ];
  const runs = [];
  if (story.deniedIn !== undefined) {
    const denied = { id: 'cccccccccccc', run_id: 'run0', state: 'denied', scope: null, decided_via: 'rule' };
    asked.push({ ...PERMISSION, ...denied, decided_at: at(0) });
    runs.push({ ...RUN, id: 'run0', round: story.deniedIn, ended_at: at(0), cost_usd: 0 });
  }
  const run = { ...RUN, outcome: story.outcome ?? RUN.outcome, cost_usd: story.costUsd ?? RUN.cost_usd };
  const tables = { projects: [{ id: 'one', request_id: 'sent' }], runs: [...runs, run], requests: asked };
  const events: Readonly<Record<string, readonly object[]>> = {
    'request.decided': (story.decided ?? [PERMISSION.id]).map((id) => ({
      data: JSON.stringify({ requestId: id }),
    })),
    'project.asked': [{ id: 1, project_id: 'one', created_at: at(0) }],
    'project.answered': [{ id: 2, project_id: 'one', created_at: at(1) }],
  };
  const store = { tables: () => tables, events: (type: string) => events[type] ?? [] };
  return { world: { root }, store, journal } as unknown as Watched;
}

test('the soak finds nothing in a call that ran once when it was allowed', async ({ found }) => {
  expect(await found({ told: 'It.' })).toEqual([]);
});

test.for<[string, Story, string]>([
  ['that ran twice for one permission', { ran: [...RAN, [3, 'run1']] }, 'for time 2: allowed 1 times'],
  ['that ran before it was allowed', { ran: [[0, 'run1']] }, 'for time 1: allowed 0 times'],
  ['that ran though it was denied', { request: { scope: null, answer: 'no' } }, 'allowed 0 times'],
  ['that ran after it was denied in its round', { deniedIn: 2 }, 'it had been denied'],
  ['that never ran though it was allowed', { ran: [] }, 'used 1 permissions and ran 0 times'],
  ['that was decided twice', { decided: [PERMISSION.id, PERMISSION.id] }, 'decided more than once'],
  ['whose decision is gone', { request: { decided_at: null }, ran: [] }, 'was acknowledged'],
  ['that nobody decided so', { request: { scope: 'project' } }, 'nobody decided project'],
])('the soak finds a call %s', async ([, story, what], { found }) => {
  expect((await found(story)).join('\n')).toContain(what);
});

test('the soak holds nothing against a call that was denied in the round before', async ({ found }) => {
  expect(await found({ deniedIn: 1 })).toEqual([]);
});

test('the soak holds nothing against a call whose Claude was killed as it was allowed', async ({ found }) => {
  expect(await found({ ran: [], outcome: 'crashed' })).toEqual([]);
});

test('the soak finds a wrong answer, a project that works while it waits, and money that is gone or too much', async ({
  found,
}) => {
  expect((await found({ told: 'Another.' })).join()).toContain("the model was told 'Another.'");
  expect((await found({ requestedAt: 0.5 })).join()).toContain(
    'asked the model 500 ms after it began to wait',
  );
  expect((await found({ costUsd: 0.02 })).join()).toContain('took in $0.030, and $0.020 is recorded');
  expect((await found({ costUsd: 0.07 })).join()).toContain('cost $0.070');
});
