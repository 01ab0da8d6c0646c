/** The scenes, in their order. Each ends when the history shows that it has happened. */

import { execa } from 'execa';
import * as z from 'zod';
import { asProjectId, type ProjectId } from '../../project/ids.ts';
import type { Desktop } from '../../selftest/desktop.ts';
import { type Sandbox, sessionsOf } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { changedLines } from '../terminal/diff.ts';
import { plainLines } from '../terminal/text.ts';
import { printed, tellTool, usedTools } from './chronicle.ts';
import type { Journal } from './journal.ts';
import type { Narrator } from './narrator.ts';
import { PLAN, PROGRAM, REASON, SAMPLE, scriptedModel } from './work.ts';

export interface Scene {
  readonly stage: Sandbox;
  readonly narrator: Narrator;
  readonly journal: Journal;
  /** Aborts when the play is over before its end. */
  readonly signal: AbortSignal;
}

/** From when there is a project. */
export interface Work extends Scene {
  readonly desktop: Desktop;
  readonly projectId: ProjectId;
  /** What Desktop has heard of the history so far. */
  readonly cursor: string;
}

/** From when there is something to compare with. */
interface Rejected extends Work {
  /** The program as it was rejected. */
  readonly program: string;
}

export async function startUp(scene: Scene, fail: (what: string) => void): Promise<void> {
  const { stage, narrator, journal } = scene;
  narrator.step('The supervisor starts');
  await stage.startModel(scriptedModel(stage.workspace, (turn) => hear(scene, turn, fail)));
  const pid = await stage.startSupervisor(({ code, signal }, lastWords) =>
    fail(`the supervisor ended with ${signal ?? `exit code ${code}`}${lastWords && `: ${lastWords}`}`),
  );
  await journal.until('supervisor.started');
  narrator.say('Supervisor', `is up, pid ${pid}, and waits for plans`);
}

/** Claude asks the model, and so tells what its tools have returned. */
async function hear({ narrator, journal }: Scene, turn: ScriptTurn, fail: (what: string) => void) {
  // Everything that led to this request is in the history by now, and comes first in the story.
  await journal.catchUp();
  for (const used of usedTools(turn)) {
    tellTool(narrator, used);
    if (used.failed) fail(`Claude's tool ${used.name} failed: ${used.output}`);
  }
}

export async function sendPlan(scene: Scene): Promise<Work> {
  const { stage, narrator, signal } = scene;
  narrator.step('Desktop sends a plan');
  const desktop = await stage.startDesktop();
  narrator.say('Desktop', 'calls bridge_send_plan:', { kind: 'text', lines: plainLines(PLAN.trimEnd()) });
  const sent = sentPlan.parse(await desktop.call('bridge_send_plan', { plan_markdown: PLAN }, signal));
  narrator.say('Desktop', `is told: project ${sent.project_id} is ${sent.status}`);
  return { ...scene, desktop, projectId: asProjectId(sent.project_id), cursor: sent.cursor };
}

export async function firstRound(work: Work): Promise<void> {
  work.narrator.step('Claude Code carries it out, unattended');
  await submission(work);
}

export async function rejection(work: Work): Promise<Rejected> {
  const { stage, narrator, desktop, projectId, signal } = work;
  narrator.step('You look at the work, and reject it');
  await showWaiting(work);
  narrator.say('You', `try it: node ${PROGRAM} ${SAMPLE}`, printed(await runProgram(stage)));
  const program = await stage.read(PROGRAM);
  await narrator.pause(signal);
  const input = { project_id: projectId, reason: REASON };
  const { cursor } = decided.parse(await desktop.call('bridge_reject', input, signal));
  narrator.say('Desktop', `calls bridge_reject: ${REASON}`);
  return { ...work, cursor, program };
}

export async function secondRound(work: Rejected): Promise<void> {
  work.narrator.step('The same session revises it');
  await submission(work);
  const sessions = sessionsOf(work.stage);
  if (sessions.length > 1)
    throw new SelftestError(`the revision came in another session: ${sessions.join(', ')}`);
}

export async function approval(work: Rejected): Promise<void> {
  const { stage, narrator, journal, desktop, projectId, signal } = work;
  narrator.step('You look again, and approve');
  await showWaiting(work);
  const changes = changedLines(work.program, await stage.read(PROGRAM));
  narrator.say('You', `see what has changed in ${PROGRAM}:`, { kind: 'diff', lines: changes });
  narrator.say('You', `try it: node ${PROGRAM} ${SAMPLE}`, printed(await runProgram(stage)));
  await narrator.pause(signal);
  narrator.say('Desktop', 'calls bridge_approve');
  await desktop.call('bridge_approve', { project_id: projectId }, signal);
  await journal.until('project.completed');
}

/** Claude works until it has submitted and ended; Desktop waits for that as it does in a chat. */
async function submission(work: Work): Promise<void> {
  const news = waitForSubmission(work);
  // When the play is over before its end, nobody asks for the news any more.
  news.catch(() => undefined);
  await work.journal.until('project.submitted');
  await work.journal.until('run.ended');
  work.narrator.say('Desktop', `hears from bridge_wait: ${await news}`);
}

async function waitForSubmission({ desktop, projectId, signal, ...work }: Work): Promise<string> {
  for (let { cursor } = work; ; ) {
    const heard = news.parse(await desktop.call('bridge_wait', { cursor, project_id: projectId }, signal));
    const submitted = heard.changes.find(({ type }) => type === 'project.submitted');
    if (submitted) return submitted.what;
    cursor = heard.cursor;
  }
}

/** Desktop shows what Claude Code has submitted. */
async function showWaiting({ narrator, desktop, signal }: Work): Promise<void> {
  const { waiting } = approvalQueue.parse(await desktop.call('bridge_get_approval_queue', {}, signal));
  for (const { completion } of waiting) {
    const caveats = completion.caveats ? ` Caveat: ${completion.caveats}` : '';
    narrator.say('Desktop', `shows you round ${completion.round}: ${completion.summary}${caveats}`);
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

// As our own server, of the same version, answers.
const sentPlan = z.object({ project_id: z.string(), status: z.string(), cursor: z.string() });
const decided = z.object({ cursor: z.string() });
const news = z.object({
  cursor: z.string(),
  changes: z.array(z.object({ type: z.string(), what: z.string() })),
});
const completion = z.object({ round: z.number(), summary: z.string(), caveats: z.string().optional() });
const approvalQueue = z.object({ waiting: z.array(z.object({ completion })) });
