/** The steps, in order. Each ends when it is proved that what it shows has happened. */
import { asProjectId, type ProjectId } from '../../project/ids.ts';
import type { Desktop } from '../../selftest/desktop.ts';
import { type BaseBranch, readBase } from '../../selftest/repository.ts';
import { type Sandbox, sessionsOf } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { sentProject, TOOL_RESULTS } from '../../wire/schemas/tool-results.ts';
import { plainLines } from '../terminal/text.ts';
import { promptExcerpt, reportTool, usedTools } from './event-text.ts';
import type { EventWaiter } from './event-waiter.ts';
import type { Reporter } from './reporter.ts';
import { PLAN, scriptedModel } from './work.ts';

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
  /** The base branch before the work; undefined without git. */
  readonly base: BaseBranch | undefined;
  /** The cursor of Desktop's next bridge_wait. */
  readonly cursor: string;
}

export async function startUp(context: StepContext, fail: (message: string) => void): Promise<void> {
  const { sandbox, reporter, events } = context;
  reporter.step('The supervisor starts');
  let heard = 0;
  const onTurn = async (turn: ScriptTurn) => {
    await reportTurn(context, turn, turn.userTexts.length > heard && heard > 0, fail);
    heard = turn.userTexts.length;
  };
  const workFolder = () => sandbox.workFolder();
  await sandbox.startModel(scriptedModel({ workFolder, onTurn, isWatched: reporter.isWatched }));
  const pid = await sandbox.startSupervisor(({ code, signal }, lastWords) =>
    fail(`the supervisor ended with ${signal ?? `exit code ${code}`}${lastWords && `: ${lastWords}`}`),
  );
  await events.until('supervisor.started');
  reporter.say('Supervisor', `is up, pid ${pid}, and waits for plans`);
  const { withoutGit } = sandbox;
  if (withoutGit !== undefined)
    reporter.say('Supervisor', `works in the folder itself and measures nothing: ${withoutGit}`);
}

/** A request to the model shows what Claude was told, and what its tools returned. */
async function reportTurn(
  { reporter, events }: StepContext,
  turn: ScriptTurn,
  isToldAnew: boolean,
  fail: (message: string) => void,
) {
  // Everything that led to this request is in the history by now, and is reported first.
  await events.catchUp();
  if (isToldAnew) reporter.say('Claude', 'reads:', promptExcerpt(turn.lastUserText));
  for (const used of usedTools(turn)) {
    reportTool(reporter, used);
    if (used.failed) fail(`Claude's tool ${used.name} failed: ${used.output}`);
  }
}

export async function sendPlan(context: StepContext): Promise<Work> {
  const { sandbox, reporter, signal } = context;
  const { workspace, environment, withoutGit } = sandbox;
  reporter.step('Desktop sends a plan');
  const base = withoutGit === undefined ? await readBase(workspace, environment) : undefined;
  const desktop = await sandbox.startDesktop();
  reporter.say('Desktop', 'calls bridge_send_plan:', { kind: 'text', lines: plainLines(PLAN.trimEnd()) });
  const sent = sentProject.parse(await desktop.call('bridge_send_plan', { plan_markdown: PLAN }, signal));
  reporter.say('Desktop', `receives: project ${sent.project_id} is ${sent.status}`);
  return { ...context, desktop, projectId: asProjectId(sent.project_id), base, cursor: sent.cursor };
}

export async function firstRound({ reporter, events }: Work): Promise<void> {
  reporter.step('Claude Code carries it out, unattended');
  await events.until('request.opened');
}

export async function repair(work: Work): Promise<void> {
  work.reporter.step('Your check fails, and the same session repairs the work');
  await work.events.until('project.checks_failed');
  await workOn(work);
}

export async function revision(work: Work): Promise<void> {
  work.reporter.step('The same session revises it');
  await workOn(work);
}

/** Until what was submitted is measured, and Desktop, which waits for that as it does in a chat, knows of it. */
async function workOn(work: Work): Promise<void> {
  const { sandbox, reporter, events } = work;
  const news = waitForMeasured(work);
  // After a failure nobody awaits it.
  news.catch(() => undefined);
  await events.until('project.submitted');
  await events.until('run.ended');
  await events.until('project.verified');
  const sessions = sessionsOf(sandbox);
  if (sessions.length > 1)
    throw new SelftestError(`the work went on in another session: ${sessions.join(', ')}`);
  reporter.say('Desktop', `receives from bridge_wait: ${await news}`);
}

async function waitForMeasured({ desktop, projectId, signal, ...work }: Work): Promise<string> {
  for (let { cursor } = work; ; ) {
    const answer = await desktop.call('bridge_wait', { cursor, project_id: projectId }, signal);
    const page = TOOL_RESULTS.bridge_wait.parse(answer);
    const measured = page.changes.find(({ type }) => type === 'project.verified');
    if (measured) return measured.message;
    cursor = page.cursor;
  }
}
