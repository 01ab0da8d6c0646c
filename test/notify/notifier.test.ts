/** Who is told what, when, and how often: the outbox of a supervisor, with receivers that fail in every way. */
import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancel, retry } from '../../src/bridge/control.ts';
import { endHold, pause, resume, setHold } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { answerRequest } from '../../src/bridge/requests.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import type { Hold } from '../../src/project/hold.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { appendEvent } from '../../src/store/events.ts';
import { accepted, begin, projectIn, send } from '../bridge/steps.ts';
import { GREEN, measure, toVerify } from '../bridge/submitted.ts';
import { eventually } from '../eventually.ts';
import { addProject, id } from '../store/rows.ts';
import { answering, type HttpReceiver, startReceiver } from './receiver.ts';
import { type Notifying, notifying } from './rig.ts';

const SECRET = `whsec_${Buffer.from('a secret of the test').toString('base64')}`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let on: Notifying;
let receiver: HttpReceiver;
beforeEach(async () => {
  on = await notifying({ env: { HOOK_SECRET: SECRET } });
  receiver = await startReceiver();
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const webhook = (more: object = {}) => ({
  via: 'webhook',
  url: receiver.url,
  secret: { env: 'HOOK_SECRET' },
  ...more,
});

/** Work of a new project that waits for a decision. */
async function waiting(facts = {}): Promise<ProjectId> {
  const id = await toVerify(on.rig);
  await measure(on.rig, facts);
  return id;
}

/** What was received, each as the oracle has checked it. */
function told(): { type: string; data: Record<string, unknown> }[] {
  return receiver.received.map(({ body, headers }) => {
    const verified = new Webhook(SECRET);
    // The oracle refuses what is older than five minutes, and the time of this test stands still.
    const timestamp = new Date(Number(headers['webhook-timestamp']) * 1_000);
    expect(headers['webhook-signature']).toBe(verified.sign(String(headers['webhook-id']), timestamp, body));
    return JSON.parse(body);
  });
}

function hangUp(response: ServerResponse): void {
  response.destroy();
}

const types = () => told().map(({ type }) => type);

const HOLD: Hold = {
  kind: 'usage_limit',
  scope: '',
  reason: 'used up',
  since: '2026-03-01T12:00:00.000Z',
  until: null,
  source: 'run',
};

async function hold(kind: Hold['kind'] = 'usage_limit'): Promise<void> {
  await databaseOf(on.rig.bridge).write(async ({ trx, now }) => {
    await setHold(trx, 'machine:local', { ...HOLD, kind, since: now }, 'supervisor');
  });
}

async function unhold(kind: Hold['kind'] = 'usage_limit'): Promise<void> {
  await databaseOf(on.rig.bridge).write(async ({ trx, now }) => {
    await endHold(trx, { kind, scope: '', subject: 'machine:local' }, 'supervisor', now);
  });
}

describe('what is told', () => {
  test('work that waits for a decision is told once, with its checks, its size and what it cost', async () => {
    await on.start([webhook()], { http: { public_url: 'https://box.example' } });
    const id = await waiting(GREEN);
    await on.until('decision_wanted sent');
    const [{ type, data } = { type: '', data: {} }] = told();
    expect(type).toBe('project.awaiting_approval');
    expect(data).toMatchObject({
      title: 'Decision wanted: Build a clock',
      text: 'Round 1: 1 check passed, 0 failed, 4 files, $0.40.',
      project: { id, title: 'Build a clock', status: 'awaiting_approval', round: 1 },
      checks: { passed: 1, failed: 0 },
      files_changed: 4,
      cost_usd: 0.4,
      summary: null,
      url: `https://box.example/#/p/${id}/r1`,
    });
  });

  test('a question and a permission are told when they are asked, and replaced when they are decided', async () => {
    await on.start([webhook({ detail: 'summary' })]);
    const { id } = await send(on.rig);
    const { run } = await begin(on.rig);
    const asker = { projectId: id, runId: run.id };
    const call = { toolUseId: 'toolu_1', toolName: 'Bash', input: { command: 'npm publish' }, agentId: null };
    const asking = { kind: 'question', question: 'Which port?', options: [], defaultAnswer: null } as const;
    const question = accepted(await openRequest(on.rig.bridge, asker, call, asking));
    await on.until('question sent');
    const other = { ...call, toolUseId: 'toolu_2', input: { command: 'rm' } };
    accepted(await openRequest(on.rig.bridge, asker, other, PERMISSION));
    await on.until('question sent', 'permission sent');
    accepted(await answerRequest(on.rig.bridge, question.id, '80', 'person'));
    await on.until('question sent', 'permission sent', 'decided sent');
    expect(types()).toEqual(['request.question', 'request.permission', 'request.decided']);
    expect(told().map(({ data }) => data.text)).toEqual([
      'Which port?',
      'Bash: {"command":"rm"}',
      'answered by person',
    ]);
  });

  test('a project that is parked is told, and told again when it is parked again after a retry', async () => {
    await on.start([webhook({ detail: 'summary' })]);
    const id = await projectIn(on.rig, 'attention', { attention: 'the model declined' });
    const park = () =>
      databaseOf(on.rig.bridge).write(({ trx, now }) =>
        appendEvent(trx, {
          ...{ type: 'project.needs_attention', data: { reason: 'the model declined' } },
          ...{ projectId: id, runId: null, actor: 'supervisor', createdAt: now },
        }),
      );
    await park();
    await on.until('gave_up sent');
    accepted(await retry(on.rig.bridge, id, 'person'));
    await on.until('gave_up sent', 'decided sent');
    on.rig.tamper(`UPDATE projects SET status = 'attention', attention = 'again' WHERE id = ?`, id);
    await park();
    await on.until('gave_up sent', 'decided sent', 'gave_up sent');
    expect(told().map(({ data }) => data.text)).toEqual(['the model declined', 'retried by person', 'again']);
  });

  test('a hold is told once it has lasted, however often it is set again, and so is its end', async () => {
    await on.start([webhook()]);
    await hold();
    await on.until('hold_began waiting');
    on.rig.clock.advance(5 * MINUTE);
    await hold();
    on.rig.clock.advance(5 * MINUTE);
    await on.until('hold_began sent');
    await hold();
    await unhold();
    await on.until('hold_began sent', 'hold_ended sent');
    expect(types()).toEqual(['hold.began', 'hold.ended']);
  });

  test('a hold that is over before it has lasted is told to nobody, and neither is one that a person has set', async () => {
    await on.start([webhook()]);
    await pause(on.rig.bridge, 'lunch', 'person');
    await hold('quiet_hours');
    await hold();
    await on.until('hold_began waiting');
    await unhold();
    await on.until('hold_began dropped');
    on.rig.clock.advance(HOUR);
    await resume(on.rig.bridge, 'person');
    await waiting();
    await on.until('hold_began dropped', 'decision_wanted sent');
    expect(types()).toEqual(['project.awaiting_approval']);
  });

  test('a receiver is told only of the kinds and projects that it names', async () => {
    await on.start([
      webhook({
        name: 'clocks',
        projects: ['*clock*'],
        kinds: ['decision_wanted', 'hold_began'],
        hold_min: '0s',
      }),
      webhook({ name: 'none', projects: ['Tables'], kinds: ['decision_wanted'] }),
      webhook({ name: 'parked', kinds: ['gave_up'] }),
    ]);
    await waiting();
    await hold();
    await on.until('decision_wanted sent', 'hold_began sent');
    expect(on.rig.rowsOf('notifications').map((row) => row.receiver)).toEqual(['clocks', 'clocks']);
  });

  test.for([
    ['none', 'Decision wanted', null, null, null],
    ['title', 'Decision wanted: Build a clock', 'Build a clock', null, '/'],
    ['summary', 'Decision wanted: Build a clock', 'Build a clock', 'It ticks.', '/'],
  ] as const)('a receiver with detail %s is told no more than that', async ([
    detail,
    title,
    name,
    summary,
    begin,
  ]) => {
    await on.start([webhook({ detail })]);
    await waiting();
    await on.until('decision_wanted sent');
    const [{ data } = { data: {} as Record<string, unknown> }] = told();
    expect(data).toMatchObject({ title, summary, project: { title: name } });
    expect((data.project as { workspace: string | null }).workspace?.slice(0, 1) ?? null).toBe(begin);
    if (detail === 'none') expect(receiver.received[0]?.body).not.toMatch(/clock|ticks|workspaces/);
  });
});

describe('what is over', () => {
  test('what was decided before it could be sent is dropped, and what is shown is replaced by who decided', async () => {
    await on.start([webhook()]);
    const first = await waiting();
    await on.until('decision_wanted sent');
    receiver.answer = answering(500);
    const second = await waiting();
    await on.until('decision_wanted sent', 'decision_wanted waiting');
    accepted(await approve(on.rig.bridge, second, 'person'));
    await on.until('decision_wanted sent', 'decision_wanted dropped');
    receiver.answer = answering(204);
    accepted(await reject(on.rig.bridge, first, 'no', 'desktop'));
    await on.until('decision_wanted sent', 'decision_wanted dropped', 'decided sent');
    const last = told().at(-1);
    expect(last).toMatchObject({
      type: 'project.decided',
      data: { decision: { word: 'rejected', by: 'desktop' }, tag: `p-${first}` },
    });
    expect(told()[0]?.data.tag).toBe(`p-${first}`);
  });

  test('what is decided while it is being sent is replaced right after', async () => {
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    await on.start([webhook()]);
    const id = await waiting();
    await on.until('decision_wanted sending');
    accepted(await cancel(on.rig.bridge, id, '', 'person'));
    await on.until('decision_wanted sending', 'decided waiting');
    receiver.answer = answering(204);
    held[0]?.end();
    await on.until('decision_wanted sent', 'decided sent');
    expect(types()).toEqual(['project.awaiting_approval', 'project.decided']);
  });

  test('somebody who waits too long for a decision is reminded, again and again, until it is made', async () => {
    await on.start([webhook({ remind_after: '4h' })]);
    const id = await waiting();
    await on.until('decision_wanted sent');
    for (const _ of [1, 2]) {
      const before = on.outbox();
      on.rig.clock.advance(4 * HOUR);
      await on.until(...before, 'reminder sent');
    }
    accepted(await approve(on.rig.bridge, id, 'person'));
    await on.until('decision_wanted sent', 'reminder sent', 'reminder sent', 'decided sent');
    on.rig.clock.advance(24 * HOUR);
    await waiting();
    await on.until(
      'decision_wanted sent',
      'reminder sent',
      'reminder sent',
      'decided sent',
      'decision_wanted sent',
    );
    expect(told()[1]).toMatchObject({
      type: 'reminder',
      data: { reminds_of: 'decision_wanted', title: 'Still waiting: decision wanted: Build a clock' },
    });
  });
});

describe('the past', () => {
  test('a receiver that is new is told of nothing that was before it', async () => {
    await waiting();
    await on.start([webhook({ name: 'first' })]);
    await waiting();
    await on.until('decision_wanted sent');
    await on.start([webhook({ name: 'first' }), webhook({ name: 'second' })]);
    await waiting();
    await on.until('decision_wanted sent', 'decision_wanted sent', 'decision_wanted sent');
    expect(on.rig.rowsOf('notifications').map((row) => row.receiver)).toEqual(['first', 'first', 'second']);
  });

  test('what happened while no supervisor was there is told at the next start, if it still waits', async () => {
    await on.start([webhook()]);
    await on.stop();
    const decided = await waiting();
    accepted(await approve(on.rig.bridge, decided, 'person'));
    const id = await waiting();
    await on.start([webhook()]);
    await on.until('decision_wanted sent');
    expect(told()[0]?.data.project).toMatchObject({ id });
  });

  test('a receiver that was taken out and comes back is told of nothing that was meanwhile', async () => {
    await on.start([webhook()]);
    await on.start([]);
    await waiting();
    await on.start([webhook()]);
    const id = await waiting();
    await on.until('decision_wanted sent');
    expect(told()[0]?.data.project).toMatchObject({ id });
  });
});

describe('receivers that fail', () => {
  test('a receiver that fails is tried again under the same id, seven times in seventeen hours, and then given up', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    await waiting();
    await on.until('decision_wanted waiting');
    for (const [n, delay] of [5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR].entries()) {
      await eventually(() => expect(receiver.received).toHaveLength(n + 1), 5);
      await eventually(() => expect(on.rig.rowsOf('notifications')[0]?.state).toBe('waiting'), 5);
      on.rig.clock.advance(delay - 1);
      on.rig.clock.advance(1);
    }
    await on.until('decision_wanted failed');
    expect(receiver.received).toHaveLength(7);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(on.rig.rowsOf('receivers')[0]).toMatchObject({ problem: 'the answer was 500', off_reason: null });
  });

  test.for([
    ['an error', answering(503), 'the answer was 503'],
    [
      'a redirect',
      answering(302, { location: 'http://127.0.0.1:1/' }),
      'the answer was 302, and redirects are not followed',
    ],
    ['no answer', hangUp, 'UND_ERR_SOCKET'],
  ] as const)('a receiver that answers with %s is told again when it recovers', async ([
    ,
    answer,
    problem,
  ]) => {
    receiver.answer = answer;
    await on.start([webhook()]);
    await waiting();
    await on.until('decision_wanted waiting');
    expect(on.rig.rowsOf('notifications')[0]).toMatchObject({ problem, tries: 1 });
    receiver.answer = answering(200);
    on.rig.clock.advance(5_000);
    await on.until('decision_wanted sent');
    expect(on.rig.rowsOf('receivers')[0]).toMatchObject({ problem: null, problem_since: null });
  });

  test('a receiver that hangs is given up on after 15 seconds, and delays no other', async () => {
    await using other = await startReceiver();
    receiver.answer = () => undefined;
    await on.start([webhook(), { via: 'webhook', name: 'other', url: other.url }]);
    await waiting();
    await on.until('decision_wanted sending', 'decision_wanted sent');
    await on.rig.clock.slept(15_000);
    on.rig.clock.advance(15_000);
    await on.until('decision_wanted waiting', 'decision_wanted sent');
    expect(on.rig.rowsOf('notifications')[0]?.problem).toBe('no answer within 15 s');
  });

  test('a receiver that answers without end has been told, and nobody reads the answer', async () => {
    let written = 0;
    let isOver = false;
    receiver.answer = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1_000_000);
      const more = (): void => {
        while (written < 1_000 && response.write(chunk)) written += 1;
        if (written < 1_000) response.once('drain', more);
      };
      response.on('close', () => {
        isOver = true;
      });
      more();
    };
    await on.start([webhook()]);
    await waiting();
    await on.until('decision_wanted sent');
    await eventually(() => expect(isOver).toBe(true), 5);
    expect(written).toBeLessThan(100);
  });

  test('a receiver that asks for a pause is told nothing until it is over', async () => {
    receiver.answer = answering(429, { 'retry-after': '120' });
    await on.start([webhook()]);
    await waiting();
    await on.until('decision_wanted waiting');
    receiver.answer = answering(200);
    on.rig.clock.advance(100_000);
    await waiting();
    await on.until('decision_wanted waiting', 'decision_wanted waiting');
    expect(receiver.received).toHaveLength(1);
    on.rig.clock.advance(20_000);
    await on.until('decision_wanted sent', 'decision_wanted sent');
  });

  test('a receiver that says 410 is off, also after a restart, until its settings change', async () => {
    receiver.answer = answering(410);
    await on.start([webhook()]);
    await waiting();
    await on.until('decision_wanted failed');
    expect(on.rig.rowsOf('receivers')[0]?.off_reason).toBe('the answer was 410: it wants nothing more');
    receiver.answer = answering(200);
    await on.start([webhook()]);
    await waiting();
    await on.start([webhook({ detail: 'summary' })]);
    await waiting();
    await on.until('decision_wanted failed', 'decision_wanted sent');
  });

  test('a receiver whose secret is missing fails, and is told of by the name of its place alone', async () => {
    await on.start([
      webhook({ secret: { env: 'NOT_THERE' } }),
      webhook({ name: 'file', secret: { file: '/nowhere/secret' } }),
    ]);
    await waiting();
    await on.until('decision_wanted waiting', 'decision_wanted waiting');
    expect(on.rig.rowsOf('notifications').map(({ problem }) => problem)).toEqual([
      'the variable NOT_THERE is not set',
      'the file /nowhere/secret cannot be read: ENOENT',
    ]);
    expect(receiver.received).toEqual([]);
  });

  test('no line of the log has an address or a secret in it', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    await waiting();
    await on.until('decision_wanted waiting');
    await eventually(() => expect(on.log).toHaveLength(1), 5);
    expect(on.log.join('\n')).not.toMatch(/5f3a|whsec|a secret|clock/);
  });
});

/** Projects that wait for a decision, all in one change, or each in one of its own. */
async function crowd(first: number, count: number, changes = 1): Promise<void> {
  for (let change = 0; change < changes; change += 1)
    await databaseOf(on.rig.bridge).write(async ({ trx, now }) => {
      for (let n = first + change * count; n < first + (change + 1) * count; n += 1) {
        const projectId = await addProject(trx, n, { status: 'awaiting_approval', title: `Plan ${n}` });
        await appendEvent(trx, {
          ...{ type: 'project.submitted', data: { round: 1, attempt: 1, summary: 'done' } },
          ...{ projectId, runId: null, actor: 'code', createdAt: now },
        });
      }
    });
}

const settled = (state: string) => on.outbox().filter((row) => row === `decision_wanted ${state}`).length;

describe('many at a time', () => {
  test('a thousand events at once are one digest', async () => {
    await on.start([webhook()]);
    await crowd(1, 1_000);
    await eventually(() => expect(settled('sent')).toBe(1_000));
    expect(types()).toEqual(['digest']);
    expect(told()[0]?.data).toMatchObject({
      title: '1000 things to look at',
      text: expect.stringMatching(/^1000 decisions\. Plan 1; Plan 2; /),
      digest: { counts: { decision_wanted: 1_000 } },
      project: null,
    });
  });

  test('events that come in a rush are a few notifications, and one digest for the rest of a minute', async () => {
    await on.start([webhook()]);
    await crowd(1, 1, 60);
    await eventually(() => expect(types()).toContain('digest'));
    const atOnce = receiver.received.length;
    expect(atOnce).toBeLessThanOrEqual(4);
    await crowd(61, 1, 20);
    await eventually(() => expect(settled('waiting')).toBeGreaterThanOrEqual(20));
    expect(receiver.received).toHaveLength(atOnce);
    on.rig.clock.advance(MINUTE);
    await eventually(() => expect(settled('sent')).toBe(80));
    expect(types().slice(atOnce)).toEqual(['digest']);
  });

  test('what piled up while a receiver was down is one digest, without what was decided meanwhile', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    await crowd(1, 2);
    await eventually(() => expect(settled('waiting')).toBe(2), 5);
    await crowd(3, 8, 3);
    await eventually(() => expect(settled('gathered')).toBe(26), 5);
    on.rig.clock.advance(MINUTE);
    on.rig.tamper(`UPDATE projects SET status = 'awaiting_approval'`);
    accepted(await cancel(on.rig.bridge, id(5), '', 'person'));
    await eventually(() => expect(settled('dropped')).toBe(1), 5);
    receiver.answer = answering(200);
    on.rig.clock.advance(HOUR);
    await eventually(() => expect(settled('sent')).toBe(25), 5);
    expect(told().at(-1)).toMatchObject({
      type: 'digest',
      data: { digest: { counts: { decision_wanted: 25 } } },
    });
    expect(on.outbox().filter((row) => row === 'digest sent')).toHaveLength(1);
  });

  test('a receiver is told nothing in its quiet hours, and of all of it when they end', async () => {
    // The clock of the test begins at noon UTC.
    const hour = new Date(on.rig.clock.now()).getHours();
    await on.start([webhook({ quiet: [`* ${hour} * * *`] })]);
    await crowd(1, 5);
    await eventually(() => expect(settled('waiting')).toBe(5), 5);
    on.rig.clock.advance(59 * MINUTE);
    await crowd(6, 1);
    await eventually(() => expect(settled('waiting')).toBe(6), 5);
    expect(receiver.received).toEqual([]);
    on.rig.clock.advance(MINUTE);
    await eventually(() => expect(settled('sent')).toBe(6), 5);
    expect(types()).toEqual(['digest']);
  });
});

describe('a supervisor that ends', () => {
  test('what was being sent is tried once more under the same id, and nothing that was sent is', async () => {
    await on.start([webhook()]);
    await crowd(1, 1);
    await on.until('decision_wanted sent');
    receiver.answer = () => undefined;
    await crowd(2, 1);
    await on.until('decision_wanted sent', 'decision_wanted sending');
    await eventually(() => expect(receiver.received).toHaveLength(2), 5);
    await on.stop();
    receiver.answer = answering(200);
    await on.start([webhook()]);
    await on.until('decision_wanted sent', 'decision_wanted sent');
    const ids = told().map(({ data }) => data.notification_id);
    expect(ids).toHaveLength(3);
    expect(ids[2]).toBe(ids[1]);
  });

  test('a clock that is set back by a day delays nothing', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    await crowd(1, 1);
    await on.until('decision_wanted waiting');
    receiver.answer = answering(200);
    on.rig.clock.advance(-24 * HOUR);
    await crowd(2, 1);
    await on.until('decision_wanted sent', 'decision_wanted sent');
  });
});
