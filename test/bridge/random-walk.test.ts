import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startNextRun } from '../../src/bridge/claim.ts';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { finish, finishApproved, readApproval } from '../../src/bridge/finish.ts';
import { nextToLand, recordLanding } from '../../src/bridge/landings.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { allowRequest, answerRequest, denyRequest, listRequests } from '../../src/bridge/requests.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { recordSpawn } from '../../src/bridge/runs.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { claimByHand, resetForRevision, sendCompletion, sendUpdate } from '../../src/bridge/submissions.ts';
import { nextToVerify, parkVerifying, recordEvidence } from '../../src/bridge/verifying.ts';
import { recordWorktree } from '../../src/bridge/worktrees.ts';
import type { BridgeEvent } from '../../src/project/event.ts';
import { asProjectId, type ProjectId, type RunId } from '../../src/project/ids.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import { isClosed, PROJECT_STATUSES, type Standing } from '../../src/project/project.ts';
import type { Result } from '../../src/result.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { listProjects } from '../../src/store/projects.ts';
import { openRuns } from '../../src/store/runs.ts';
import { createRig, type Rig } from '../rig.ts';
import { SENT, standingAfter } from '../standing.ts';
import { beSupervisor, ending, everything, policyOf, TOKEN } from './steps.ts';
import { evidenceOf, GREEN, LANDED, NOT_LANDED, PLACE, RED } from './submitted.ts';

/** Reproducible chance (mulberry32): a walk that fails is walked again by its number. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const OPEN = PROJECT_STATUSES.filter((status) => !isClosed(status));

const OUTCOMES: readonly Outcome[] = [
  { kind: 'no_completion' },
  { kind: 'interrupted' },
  { kind: 'crashed', code: 1, signal: null, stderr: '' },
  { kind: 'session_missing' },
  { kind: 'refused' },
  { kind: 'lost', message: '' },
  { kind: 'usage_limit', limit: 'five_hour', resetsAt: '2026-03-01T13:00:00.000Z' },
];

interface Step {
  readonly rig: Rig;
  readonly id: ProjectId;
  readonly chance: () => number;
  readonly requestId: string;
}

function pick<T>(chance: () => number, among: readonly T[]): T | undefined {
  return among[Math.floor(chance() * among.length)];
}

/** The run that is under way, which alone may speak; without one a person's own session may. */
async function runOf(rig: Rig, id: ProjectId): Promise<RunId | null> {
  const runs = await openRuns(databaseOf(rig.bridge).read);
  return runs.find(({ projectId }) => projectId === id)?.id ?? null;
}

/** Everything anyone may do, to a project chosen at random, whether it makes sense or not. */
const STEPS: readonly ((step: Step) => Promise<unknown>)[] = [
  sendSomePlan,
  ({ rig, id }) => claimByHand(rig.bridge, id),
  async ({ rig, id, requestId }) =>
    sendUpdate(rig.bridge, id, 'so far', { runId: await runOf(rig, id), requestId }),
  async ({ rig, id, requestId }) => {
    const submission = { summary: 'done', filesCreated: [], filesModified: [], caveats: '' };
    return sendCompletion(rig.bridge, id, submission, { runId: await runOf(rig, id), requestId });
  },
  ({ rig, id }) => approve(rig.bridge, id, 'desktop'),
  ({ rig, id }) => reject(rig.bridge, id, 'too slow', 'desktop'),
  ({ rig, id, chance }) =>
    reject(rig.bridge, id, 'too slow', 'desktop', { round: 1 + Math.floor(chance() * 3) }),
  ({ rig, id }) => resetForRevision(rig.bridge, id),
  ({ rig, id }) => readApproval(rig.bridge, id),
  ({ rig, id }) => finish(rig.bridge, id, 'supervisor'),
  ({ rig }) => finishApproved({ bridge: rig.bridge, token: TOKEN }),
  ({ rig, id, requestId }) => steer(rig.bridge, id, 'use Rust', 'person', requestId),
  async ({ rig, id, chance }) => chance() < 0.2 && cancel(rig.bridge, id, '', 'person'),
  ({ rig, id }) => retry(rig.bridge, id, 'person'),
  ask,
  decideSome,
  decideSome,
  decideSome,
  startRun,
  startRun,
  verify,
  verify,
  async ({ rig, id, chance }) =>
    chance() < 0.2 && parkVerifying({ bridge: rig.bridge, token: TOKEN }, id, 'it broke'),
  land,
  endSomeRun,
  endSomeRun,
];

/** With few at once each of them comes far. */
async function sendSomePlan({ rig, requestId }: Step): Promise<unknown> {
  const open = await listProjects(databaseOf(rig.bridge).read, { statuses: OPEN, limit: 3 });
  if (open.length === 3) return undefined;
  return sendPlan(rig.bridge, policyOf(rig), { markdown: '# A', requestId }, 'desktop');
}

async function ask({ rig, id, requestId, chance }: Step): Promise<unknown> {
  const runId = await runOf(rig, id);
  if (runId === null) return undefined;
  const call = { toolUseId: requestId, toolName: 'Bash', input: { command: requestId }, agentId: null };
  const asking = { ...PERMISSION, kind: chance() < 0.5 ? ('question' as const) : ('permission' as const) };
  return openRequest(rig.bridge, { projectId: id, runId }, call, asking);
}

async function decideSome({ rig, chance }: Step): Promise<unknown> {
  const request = pick(chance, await listRequests(rig.bridge, { undecided: true }));
  if (!request) return undefined;
  if (chance() < 0.4) return answerRequest(rig.bridge, request.id, 'blue', 'desktop');
  return chance() < 0.5
    ? allowRequest(rig.bridge, request.id, 'once', 'person')
    : denyRequest(rig.bridge, request.id, 'no', 'person');
}

async function endSomeRun({ rig, chance }: Step): Promise<void> {
  const run = pick(chance, await openRuns(databaseOf(rig.bridge).read));
  const outcome = pick(chance, OUTCOMES);
  if (run && outcome)
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, { ...ending, random: chance() });
}

async function startRun({ rig, chance }: Step): Promise<void> {
  const started = await startNextRun(
    { bridge: rig.bridge, token: TOKEN },
    { model: null, newSessionId: randomUUID },
  );
  if (started && chance() < 0.9)
    await recordSpawn({ bridge: rig.bridge, token: TOKEN }, started.run, 1, 'then');
}

/** Red one time in three, and sometimes by a rule that approves what is green. */
async function verify({ rig, chance }: Step): Promise<unknown> {
  const lease = { bridge: rig.bridge, token: TOKEN };
  const due = await nextToVerify(lease);
  if (!due) return undefined;
  const evidence = evidenceOf(due, chance() < 0.3 ? RED : GREEN);
  const rule = chance() < 0.2 ? { matches: () => true } : undefined;
  return recordEvidence(lease, due, evidence, { rule });
}

/** Gives a project a worktree, or lands the approved work of one. */
async function land({ rig, id, chance }: Step): Promise<unknown> {
  const lease = { bridge: rig.bridge, token: TOKEN };
  const due = await nextToLand(lease);
  if (due) return recordLanding(lease, due.decision, chance() < 0.5 ? LANDED : NOT_LANDED);
  const exists = (await listProjects(databaseOf(rig.bridge).read, { limit: 4 })).some((one) => one.id === id);
  return exists && chance() < 0.5 ? recordWorktree(lease, id, PLACE) : undefined;
}

type Rows = Awaited<ReturnType<typeof everything>>;
type Row = Record<string, unknown>;

/** Where the history alone leads to, checked move by move against the table. */
function standingByHistory(events: readonly BridgeEvent[]): Standing {
  return events.reduce<Standing>((standing, event) => {
    const { actor } = event;
    const data = event.type === 'unknown' ? undefined : event.data;
    const after = standingAfter(standing, { type: event.type, actor, data });
    if (!after) throw new Error(`${event.type} in status ${standing.status}`);
    return after;
  }, SENT);
}

function unique(rows: readonly Row[], ...columns: string[]): void {
  const keys = rows.map((row) => columns.map((column) => row[column]).join(' '));
  expect(new Set(keys).size, columns.join(', ')).toBe(keys.length);
}

async function expectSound(rig: Rig, rows: Rows): Promise<void> {
  const { projects = [], runs = [], completions = [], approvals = [] } = rows as Record<string, Row[]>;
  const open = runs.filter((run) => run.ended_at === null);
  unique(open, 'project_id');
  unique(open, 'workspace');
  unique(completions, 'project_id', 'round', 'attempt');
  unique(approvals, 'project_id', 'round');
  for (const { project_id, round } of approvals) {
    const completed = completions.some((one) => one.project_id === project_id && one.round === round);
    expect(completed, `decision on round ${round} of ${project_id} without a completion`).toBe(true);
  }
  for (const run of runs)
    expect(run.outcome === null, 'an outcome exactly when it has ended').toBe(run.ended_at === null);
  for (const project of projects) {
    const events = await eventsAfter(
      databaseOf(rig.bridge).read,
      BEGINNING,
      100_000,
      asProjectId(String(project.id)),
    );
    const { status, claimed_by, attention_from } = project;
    expect({ status, claimedBy: claimed_by, attentionFrom: attention_from }).toEqual(
      standingByHistory(events),
    );
    const underWay = open.find((run) => run.project_id === project.id)?.id ?? null;
    expect(project.run_id, 'the run under way').toBe(underWay);
    expect(project.attention !== null, 'a reason exactly when a person must look').toBe(
      project.status === 'attention',
    );
    const rejections = approvals.filter((one) => one.project_id === project.id && one.verdict === 'rejected');
    // Rejected work that was then called off never entered its next round.
    const either = [rejections.length, rejections.length + 1];
    const rounds = { rejected: [rejections.length], cancelled: either, attention: either };
    const expected = rounds[project.status as keyof typeof rounds] ?? [rejections.length + 1];
    expect(expected).toContain(project.round);
    expect(project.tries).toBeLessThanOrEqual(10);
  }
}

/** A step that changes any row of the history's nouns appends an event; one that refuses changes nothing. */
function expectEvent(before: Rows, after: Rows, answer: unknown): void {
  const changed = JSON.stringify(before) !== JSON.stringify(after);
  const events = (after.events?.length ?? 0) - (before.events?.length ?? 0);
  expect(events > 0, 'an event exactly when something was changed').toBe(changed);
  const reply = answer as Partial<Result<unknown>> | undefined;
  if (reply?.ok === false) expect(changed, 'a refusal that changed something').toBe(false);
}

test.each([1, 2, 3, 4, 5, 6])('any walk through any calls leaves the store sound (walk %i)', async (seed) => {
  await using rig = await createRig();
  const chance = chanceFrom(seed);
  await beSupervisor(rig);
  let before = await everything(rig.bridge);
  for (let n = 0; n < 350; n++) {
    rig.clock.advance(Math.floor(chance() * 30_000));
    // Mostly of what is still open: on a closed one nearly everything is refused.
    const filter = chance() < 0.8 ? { statuses: OPEN, limit: 4 } : { limit: 4 };
    const ids = (await listProjects(databaseOf(rig.bridge).read, filter)).map(({ id }) => id);
    const id = pick(chance, ids) ?? asProjectId('0123456789ab');
    // One of a few, so that calls are repeated.
    const requestId = `request ${Math.floor(chance() * 40)}`;
    const answer = await pick(chance, STEPS)?.({ rig, id, chance, requestId });
    const after = await everything(rig.bridge);
    expectEvent(before, after, answer);
    before = after;
  }
  await expectSound(rig, before);
  const seen = new Set((before.events as Row[]).map(({ type }) => type));
  for (const type of ['project.verified', 'project.approved', 'run.ended'])
    expect(seen, 'a dull walk').toContain(type);
});
