import { describe, expect, test } from 'vitest';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { type AskedCall, openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import {
  allowRequest,
  answerRequest,
  denyRequest,
  findRequest,
  listRequests,
  resolveRequestId,
} from '../../src/bridge/requests.ts';
import { recordPromptDelivered } from '../../src/bridge/runs.ts';
import { asRequestId } from '../../src/project/ids.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import type { AskedRequest } from '../../src/project/request.ts';
import type { Run } from '../../src/project/run.ts';
import { updateProject } from '../../src/store/projects.ts';
import { updateRequest } from '../../src/store/requests.ts';
import type { Rig } from '../rig.ts';
import {
  accepted,
  begin,
  changingNothing,
  current,
  ending,
  history,
  refusalOf,
  send,
  start,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';

const QUESTION = {
  kind: 'question',
  question: 'Which port?',
  options: ['80', '8080'],
  defaultAnswer: '80',
} as const;

function call(toolUseId = 'toolu_1', command = 'npm publish'): AskedCall {
  return { toolUseId, toolName: 'Bash', input: { command }, agentId: null };
}

/** A run under way that has asked for permission to make a call. */
async function asked(rig: Rig, asking: Parameters<typeof openRequest>[3] = PERMISSION) {
  const { id } = await send(rig);
  const { run } = await begin(rig);
  const request = await ask(rig, run, call(), asking);
  return { id, run, request };
}

async function ask(
  rig: Rig,
  run: Run,
  which = call(),
  asking: Parameters<typeof openRequest>[3] = PERMISSION,
) {
  rig.clock.advance(1_000);
  return accepted(await openRequest(rig.bridge, { projectId: run.projectId, runId: run.id }, which, asking));
}

function end(rig: Rig, run: Run, outcome: Outcome) {
  rig.clock.advance(1_000);
  return endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, ending);
}

/** What the gate does to a call that waits for hours. */
async function deferred(rig: Rig, { id, createdAt }: AskedRequest): Promise<void> {
  await databaseOf(rig.bridge).write(async ({ trx }) => {
    await updateRequest(trx, id, { state: 'deferred', deferred_at: createdAt });
  });
}

/** The next run, of which the claim says everything. */
async function next(rig: Rig) {
  rig.clock.advance(1_000);
  const started = await start(rig);
  if (!started) throw new Error('nothing is ready');
  return started;
}

describe('a request', () => {
  test('a request is recorded once for a call, with everything a person needs to decide', async () => {
    await using rig = await supervised();
    const { id, run, request } = await asked(rig, QUESTION);
    expect(await ask(rig, run, call(), QUESTION)).toEqual(request);
    expect(await listRequests(rig.bridge, { undecided: true })).toEqual([request]);
    expect(request).toMatchObject({
      projectId: id,
      runId: run.id,
      kind: 'question',
      toolName: 'Bash',
      input: '{"command":"npm publish"}',
      question: 'Which port?',
      options: ['80', '8080'],
      defaultAnswer: '80',
      state: 'open',
    });
    expect((await history(rig.bridge, id)).filter((type) => type.startsWith('request.'))).toEqual([
      'request.opened',
    ]);
  });

  test('a request that repeats the id of a call with another input is one of its own', async () => {
    await using rig = await supervised();
    const { run, request } = await asked(rig);
    const other = await ask(rig, run, call('toolu_1', 'npm whoami'));
    expect(other.id).not.toBe(request.id);
  });

  test('a request is refused from a run that is over, and from a project that is not under way', async () => {
    await using rig = await supervised();
    const { run } = await asked(rig);
    await submit(rig, run.projectId, run);
    const asker = { projectId: run.projectId, runId: run.id };
    const refusal = await changingNothing(rig.bridge, () =>
      openRequest(rig.bridge, asker, call('toolu_2'), PERMISSION),
    );
    expect(refusalOf(refusal)).toContain("in status 'verifying'");
  });

  test('a request is named by its first characters, and by nothing that fits none', async () => {
    await using rig = await supervised();
    const { request } = await asked(rig);
    expect(accepted(await resolveRequestId(rig.bridge, request.id.slice(0, 5)))).toBe(request.id);
    expect(refusalOf(await resolveRequestId(rig.bridge, 'abc'))).toContain('too short');
    expect(refusalOf(await resolveRequestId(rig.bridge, 'nothing'))).toBe('request not found: nothing');
    expect(refusalOf(await findRequest(rig.bridge, asRequestId('../bridge')))).toBe(
      'request not found: ../bridge',
    );
  });
});

describe('a decision on a request', () => {
  test('a decision is kept with who decided, by what way and when; made again it changes nothing', async () => {
    await using rig = await supervised();
    const { request } = await asked(rig);
    const decided = accepted(await allowRequest(rig.bridge, request.id, 'once', 'person: anna'));
    expect(decided).toMatchObject({
      request: { state: 'allowed', scope: 'once', decidedBy: 'person: anna', decidedVia: 'http' },
      project: { status: 'in_progress' },
      repeated: false,
    });
    const again = await changingNothing(rig.bridge, () =>
      allowRequest(rig.bridge, request.id, 'once', 'desktop'),
    );
    expect(accepted(again)).toMatchObject({ request: decided.request, repeated: true });
  });

  test.each<[string, (rig: Rig, id: AskedRequest['id']) => ReturnType<typeof allowRequest>]>([
    ['a wider permission', (rig, id) => allowRequest(rig.bridge, id, 'project', 'desktop')],
    ['a denial', (rig, id) => denyRequest(rig.bridge, id, 'too risky', 'desktop')],
    ['an answer', (rig, id) => answerRequest(rig.bridge, id, 'yes', 'desktop')],
  ])('a second, different decision says who was first: %s', async (_, second) => {
    await using rig = await supervised();
    const { request } = await asked(rig);
    const at = rig.clock.now().toISOString();
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person: anna'));
    const refusal = refusalOf(await changingNothing(rig.bridge, () => second(rig, request.id)));
    expect(refusal).toBe(
      `request ${request.id} was allowed once by person: anna via http at ${at}; nothing was changed.`,
    );
  });

  test('a decision of the wrong kind is refused, and so is an empty one', async () => {
    await using rig = await supervised();
    const { request: permission, run } = await asked(rig);
    const question = await ask(rig, run, call('toolu_2', 'x'), QUESTION);
    const { bridge } = rig;
    expect(refusalOf(await answerRequest(bridge, permission.id, 'yes', 'person'))).toContain(
      'allow or deny it',
    );
    expect(refusalOf(await allowRequest(bridge, question.id, 'once', 'person'))).toContain('answer it');
    expect(refusalOf(await denyRequest(bridge, question.id, 'no', 'person'))).toContain('answer it');
    expect(refusalOf(await answerRequest(bridge, question.id, ' \n', 'person'))).toContain(
      "'answer' is required",
    );
    expect(refusalOf(await denyRequest(bridge, permission.id, '', 'person'))).toContain(
      "'reason' is required",
    );
    expect(refusalOf(await allowRequest(bridge, asRequestId('000000000000'), 'once', 'person'))).toBe(
      'request not found: 000000000000',
    );
  });

  test('two decisions at once leave one that stands, and one that hears of it', async () => {
    await using rig = await supervised();
    const { request } = await asked(rig);
    const [one, two] = [await rig.connect(), await rig.connect()];
    const replies = await Promise.all([
      allowRequest(one, request.id, 'once', 'desktop'),
      denyRequest(two, request.id, 'no', 'person'),
    ]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    expect(replies.filter(({ ok }) => !ok)).toHaveLength(1);
  });
});

describe('a project that waits for an answer', () => {
  const DEFERRED = (request: AskedRequest): Outcome => ({ kind: 'deferred', requestId: request.id });

  test('a project waits once its run has ended, spends no try, and starts nothing until all is decided', async () => {
    await using rig = await supervised();
    const { id, run, request } = await asked(rig);
    const second = await ask(rig, run, call('toolu_2', 'npm whoami'));
    await deferred(rig, request);
    const { project } = await end(rig, run, DEFERRED(request));
    expect(project).toEqual(await current(rig.bridge, id));
    expect(project).toMatchObject({ status: 'awaiting_answer', tries: 0, notBefore: null });
    expect(await start(rig)).toBeUndefined();
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person'));
    expect(await start(rig)).toBeUndefined();
    const last = accepted(await denyRequest(rig.bridge, second.id, 'no', 'person'));
    expect(last.project).toMatchObject({ status: 'in_progress' });
    expect(await history(rig.bridge, id)).toEqual(
      expect.arrayContaining(['project.asked', 'project.answered']),
    );
  });

  test('a project goes on with the call that was put off, without a prompt, and keeps messages for later', async () => {
    await using rig = await supervised();
    const { id, run, request } = await asked(rig);
    await deferred(rig, request);
    await end(rig, run, DEFERRED(request));
    accepted(await steer(rig.bridge, id, 'and hurry', 'person'));
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person'));
    const started = await next(rig);
    expect(started.run).toMatchObject({ kind: 'answer', sessionId: run.sessionId });
    expect(started.resumes).toMatchObject({ id: request.id, toolUseId: 'toolu_1' });
    const { waitingMessages } = await details(rig, id);
    expect(waitingMessages).toMatchObject([{ message: 'and hurry', runId: null }]);
  });

  test('a project whose session lost the call is told by a prompt, once, and the permission holds', async () => {
    await using rig = await supervised();
    const { run, request } = await asked(rig);
    await deferred(rig, request);
    await end(rig, run, DEFERRED(request));
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person'));
    const first = await next(rig);
    const { project } = await end(rig, first.run, { kind: 'deferral_lost' });
    expect(project).toMatchObject({ status: 'in_progress', tries: 0 });
    const told = await next(rig);
    expect(told).toMatchObject({ run: { kind: 'answer' }, resumes: undefined });
    expect(told.briefing.answers).toMatchObject([{ id: request.id, state: 'lost', scope: 'once' }]);
    await recordPromptDelivered({ bridge: rig.bridge, token: TOKEN }, told.run);
    await end(rig, told.run, { kind: 'interrupted' });
    const after = await next(rig);
    expect(after.run).toMatchObject({ kind: 'resume' });
    expect(after.briefing.answers).toEqual([]);
  });

  test('a project is told by a prompt what was decided after its run broke off in the middle of asking', async () => {
    await using rig = await supervised();
    const { run, request } = await asked(rig, QUESTION);
    const { project } = await end(rig, run, { kind: 'crashed', code: 1, signal: null, stderr: '' });
    expect(project).toMatchObject({ status: 'awaiting_answer' });
    accepted(await answerRequest(rig.bridge, request.id, '8080', 'person'));
    rig.clock.advance(60_000);
    const told = await next(rig);
    expect(told).toMatchObject({ run: { kind: 'answer' }, resumes: undefined });
    expect(told.briefing.answers).toMatchObject([{ answer: '8080' }]);
  });

  test('a project in a new session is told by a prompt, since that session knows of no call', async () => {
    await using rig = await supervised();
    const { id, run, request } = await asked(rig);
    await deferred(rig, request);
    await end(rig, run, DEFERRED(request));
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person'));
    await databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, id, { session_id: null }));
    expect((await next(rig)).resumes).toBeUndefined();
  });

  test('a project that is called off, or submits its work, waits for no answer any more', async () => {
    await using rig = await supervised();
    const { id, run, request } = await asked(rig);
    await end(rig, run, DEFERRED(request));
    accepted(await cancel(rig.bridge, id, '', 'person'));
    const other = await asked(rig);
    await submit(rig, other.id, other.run);
    for (const { id } of [request, other.request]) {
      expect(accepted(await findRequest(rig.bridge, id))).toMatchObject({ state: 'withdrawn' });
      const late = await changingNothing(rig.bridge, () => allowRequest(rig.bridge, id, 'once', 'person'));
      expect(refusalOf(late)).toBe(
        `request ${id} was withdrawn: nobody waits for it any more; nothing was changed.`,
      );
    }
    expect(await listRequests(rig.bridge, { undecided: true })).toEqual([]);
  });

  test('a project that was parked meanwhile waits on after a retry, or goes on when all is decided by then', async () => {
    await using rig = await supervised();
    const { id, run, request } = await asked(rig);
    await end(rig, run, DEFERRED(request));
    const parked = { status: 'attention', attention: 'because', attention_from: 'awaiting_answer' } as const;
    const park = () => databaseOf(rig.bridge).write(({ trx }) => updateProject(trx, id, parked));
    await park();
    expect(accepted(await retry(rig.bridge, id, 'person'))).toMatchObject({ status: 'awaiting_answer' });
    await park();
    accepted(await allowRequest(rig.bridge, request.id, 'once', 'person'));
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'attention' });
    expect(accepted(await retry(rig.bridge, id, 'person'))).toMatchObject({ status: 'in_progress' });
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'in_progress' });
  });
});

async function details(rig: Rig, id: Awaited<ReturnType<typeof send>>['id']) {
  return accepted(await projectDetails(rig.bridge, id));
}
