/** The steps, in order. Each ends when the history shows that it happened. */

import { execa } from 'execa';
import { asProjectId, type ProjectId } from '../../project/ids.ts';
import type { Desktop } from '../../selftest/desktop.ts';
import { type Sandbox, sessionsOf } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { TOOL_RESULTS } from '../../wire/schemas/tool-results.ts';
import { changedLines } from '../terminal/diff.ts';
import { plainLines } from '../terminal/text.ts';
import { printed, reportTool, usedTools } from './event-text.ts';
import type { EventWaiter } from './event-waiter.ts';
import type { Reporter } from './reporter.ts';
import { PLAN, PROGRAM, REASON, SAMPLE, scriptedModel } from './work.ts';

export interface StepContext {
  readonly sandbox: Sandbox;
  readonly reporter: Reporter;
  readonly events: EventWaiter;
  /** Aborts when the scenario is interrupted or fails. */
  readonly signal: AbortSignal;
}

/** From when there is a project. */
export interface Work extends StepContext {
  readonly desktop: Desktop;
  readonly projectId: ProjectId;
  /** The cursor of Desktop's next bridge_wait. */
  readonly cursor: string;
}

/** From when there is something to compare with. */
interface Rejected extends Work {
  /** The program as it was rejected. */
  readonly program: string;
}

export async function startUp(context: StepContext, fail: (message: string) => void): Promise<void> {
  const { sandbox, reporter, events } = context;
  reporter.step('The supervisor starts');
  await sandbox.startModel(scriptedModel(sandbox.workspace, (turn) => reportTurn(context, turn, fail)));
  const pid = await sandbox.startSupervisor(({ code, signal }, lastWords) =>
    fail(`the supervisor ended with ${signal ?? `exit code ${code}`}${lastWords && `: ${lastWords}`}`),
  );
  await events.until('supervisor.started');
  reporter.say('Supervisor', `is up, pid ${pid}, and waits for plans`);
}

/** A request to the model shows what Claude's tools returned. */
async function reportTurn(
  { reporter, events }: StepContext,
  turn: ScriptTurn,
  fail: (message: string) => void,
) {
  // Everything that led to this request is in the history by now, and is reported first.
  await events.catchUp();
  for (const used of usedTools(turn)) {
    reportTool(reporter, used);
    if (used.failed) fail(`Claude's tool ${used.name} failed: ${used.output}`);
  }
}

export async function sendPlan(context: StepContext): Promise<Work> {
  const { sandbox, reporter, signal } = context;
  reporter.step('Desktop sends a plan');
  const desktop = await sandbox.startDesktop();
  reporter.say('Desktop', 'calls bridge_send_plan:', { kind: 'text', lines: plainLines(PLAN.trimEnd()) });
  const sent = TOOL_RESULTS.bridge_send_plan.parse(
    await desktop.call('bridge_send_plan', { plan_markdown: PLAN }, signal),
  );
  reporter.say('Desktop', `receives: project ${sent.project_id} is ${sent.status}`);
  return { ...context, desktop, projectId: asProjectId(sent.project_id), cursor: sent.cursor };
}

export async function firstRound(work: Work): Promise<void> {
  work.reporter.step('Claude Code carries it out, unattended');
  await submission(work);
}

export async function rejection(work: Work): Promise<Rejected> {
  const { sandbox, reporter, desktop, projectId, signal } = work;
  reporter.step('You look at the work, and reject it');
  await showWaiting(work);
  reporter.say('You', `try it: node ${PROGRAM} ${SAMPLE}`, printed(await runProgram(sandbox)));
  const program = await sandbox.read(PROGRAM);
  await reporter.pause(signal);
  const input = { project_id: projectId, reason: REASON };
  const answer = await desktop.call('bridge_reject', input, signal);
  const { cursor } = TOOL_RESULTS.bridge_reject.parse(answer);
  reporter.say('Desktop', `calls bridge_reject: ${REASON}`);
  return { ...work, cursor, program };
}

export async function secondRound(work: Rejected): Promise<void> {
  work.reporter.step('The same session revises it');
  await submission(work);
  const sessions = sessionsOf(work.sandbox);
  if (sessions.length > 1)
    throw new SelftestError(`the revision came in another session: ${sessions.join(', ')}`);
}

export async function approval(work: Rejected): Promise<void> {
  const { sandbox, reporter, events, desktop, projectId, signal } = work;
  reporter.step('You look again, and approve');
  await showWaiting(work);
  const changes = changedLines(work.program, await sandbox.read(PROGRAM));
  reporter.say('You', `see what has changed in ${PROGRAM}:`, { kind: 'diff', lines: changes });
  reporter.say('You', `try it: node ${PROGRAM} ${SAMPLE}`, printed(await runProgram(sandbox)));
  await reporter.pause(signal);
  reporter.say('Desktop', 'calls bridge_approve');
  await desktop.call('bridge_approve', { project_id: projectId }, signal);
  await events.until('project.completed');
}

/** Claude works until it has submitted and ended; Desktop waits for that as it does in a chat. */
async function submission(work: Work): Promise<void> {
  const submitted = waitForSubmission(work);
  // After a failure nobody awaits it.
  submitted.catch(() => undefined);
  await work.events.until('project.submitted');
  await work.events.until('run.ended');
  await work.events.until('project.verified');
  work.reporter.say('Desktop', `receives from bridge_wait: ${await submitted}`);
}

async function waitForSubmission({ desktop, projectId, signal, ...work }: Work): Promise<string> {
  for (let { cursor } = work; ; ) {
    const answer = await desktop.call('bridge_wait', { cursor, project_id: projectId }, signal);
    const page = TOOL_RESULTS.bridge_wait.parse(answer);
    const submitted = page.changes.find(({ type }) => type === 'project.submitted');
    if (submitted) return submitted.message;
    cursor = page.cursor;
  }
}

/** Desktop shows what Claude Code has submitted. */
async function showWaiting({ reporter, desktop, signal }: Work): Promise<void> {
  const answer = await desktop.call('bridge_get_approval_queue', {}, signal);
  for (const { completion } of TOOL_RESULTS.bridge_get_approval_queue.parse(answer).waiting) {
    if (!completion) continue;
    const caveats = completion.caveats ? ` Caveat: ${completion.caveats}` : '';
    reporter.say('Desktop', `shows you round ${completion.round}: ${completion.summary}${caveats}`);
  }
}

/** The person's own look at the work. */
async function runProgram({ workspace }: Sandbox): Promise<string> {
  const { all } = await execa(process.execPath, [PROGRAM, SAMPLE], {
    cwd: workspace,
    env: {},
    extendEnv: false,
    all: true,
    reject: false,
    timeout: 10_000,
  });
  return all;
}
