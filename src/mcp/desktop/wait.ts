import * as z from 'zod';
import type { Changes, Cursor } from '../../bridge/changes.ts';
import { type BridgeEvent, typeOf } from '../../project/event.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Project } from '../../project/project.ts';
import { quote } from '../../project/quotation.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { toWireEvent } from '../../wire/event.ts';
import type { ToolEvent } from '../../wire/schemas/tool-nouns.ts';
import { type Answer, answer, type Call, defineTool } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import { projectId } from '../input.ts';
import { readiness } from '../readiness.ts';
import { describeEvent } from '../texts/event.ts';
import { blockerQuotes, blockersOf, projectFacts, projectLine } from '../texts/project.ts';
import { waitingQuestions } from '../texts/question.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import { blockers, holdQuotes, readinessFacts } from '../texts/readiness.ts';

/** Desktop gives up a call after 60 seconds in some versions (https://github.com/anthropics/claude-code/issues/22542). */
const MAX_WAIT_S = 25;

export const waitTool = defineTool({
  name: 'bridge_wait',
  title: 'Wait for something to happen',
  description: `Waits until something happens to a project, or to any, at most ${MAX_WAIT_S} seconds, and tells it. Always returns a cursor for the next call; when it says "nothing yet", call it again as long as the person wants to wait.`,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    cursor: z.string().max(100).optional().describe("'cursor' of the answer before. Default: from now on."),
    project_id: projectId.optional().describe('Default: any project.'),
    seconds: z.int().min(0).max(MAX_WAIT_S).optional().describe(`Default ${MAX_WAIT_S}.`),
  }),
  async run({ cursor, project_id, seconds = MAX_WAIT_S }, call) {
    const { verbs } = call;
    const project = project_id === undefined ? undefined : await verbs.projectState(project_id);
    if (project && !project.ok) return project;
    const from = await startOf(cursor, call);
    if (!from.ok) return from;
    const changes = await changesAfter(from.value, project_id, seconds, call);
    const shown = fitting(changes.events, eventFacts);
    if (shown.length === 0) return nothingYet(changes.cursor, project_id, call);
    const last = shown.at(-1);
    const next = last?.cursor ?? changes.cursor;
    const projects = await projectsNow(
      shown.map(({ projectId }) => projectId),
      call,
    );
    return answer([QUOTED_NOTE, ...shown.flatMap(eventLines), ...projectLines(projects)], {
      cursor: next,
      changes: shown.map(eventFacts),
      projects: projects.map(projectFacts),
      note: QUOTED_NOTE,
      next: [
        ...(await waitingQuestions(verbs, project_id)),
        `To continue, call again with cursor ${next}.`,
      ].join(' '),
    });
  },
});

async function startOf(cursor: string | undefined, { verbs }: Call): Promise<Result<Cursor>> {
  if (cursor === undefined) return ok(await verbs.currentCursor());
  const from = await verbs.cursorFrom(cursor);
  return from.ok ? from : refuse(`${from.refusal} Call bridge_wait without a cursor.`);
}

/** With what would keep the person waiting in vain. */
async function nothingYet(cursor: Cursor, projectId: ProjectId | undefined, call: Call): Promise<Answer> {
  const ready = await readiness(call.verbs);
  const projects = await projectsNow([projectId ?? null], call);
  const next = `Nothing yet, call again with cursor ${cursor}.`;
  const why = projectId === undefined ? blockers(ready, 'in_progress') : blockersOf(projects, ready);
  const quotes = projectId === undefined ? holdQuotes(ready, 'in_progress') : blockerQuotes(projects, ready);
  return answer(['Nothing happened.', ...projectLines(projects), ...quotes], {
    cursor,
    changes: [],
    projects: projects.map(projectFacts),
    ...readinessFacts(ready),
    next: [...(await waitingQuestions(call.verbs, projectId)), next, ...why].join(' '),
  });
}

function projectLines(projects: readonly Project[]): string[] {
  return projects.length === 0 ? [] : ['Now:', ...projects.map((project) => `- ${projectLine(project)}`)];
}

const MAX_EVENTS = 50;
/** A client that shows progress sees a sign of life this often. */
const PROGRESS_MS = 5_000;

async function changesAfter(
  cursor: Cursor,
  projectId: ProjectId | undefined,
  seconds: number,
  { clock, verbs, signal, progress }: Call,
): Promise<Changes> {
  const start = clock.monotonic();
  const totalMs = seconds * 1_000;
  for (;;) {
    const doneMs = Math.min(clock.monotonic() - start, totalMs);
    await progress(Math.round(doneMs / 1_000), seconds);
    const changes = await verbs.changesSince(cursor, {
      waitMs: Math.min(totalMs - doneMs, PROGRESS_MS),
      limit: MAX_EVENTS,
      signal,
      ...(projectId === undefined ? {} : { projectId }),
    });
    if (changes.events.length > 0 || signal.aborted || doneMs >= totalMs) return changes;
  }
}

/** Some of the projects that were spoken of, as they are now. */
async function projectsNow(ids: readonly (ProjectId | null)[], { verbs }: Call): Promise<Project[]> {
  const different = [...new Set(ids)].filter((id) => id !== null).slice(0, MAX_PROJECTS);
  const states = await Promise.all(different.map((id) => verbs.projectState(id)));
  return states.flatMap((state) => (state.ok ? [state.value.project] : []));
}

const MAX_PROJECTS = 5;

function eventFacts(event: BridgeEvent): ToolEvent {
  const { message, quote } = describeEvent(event);
  const { id, project_id, created_at } = toWireEvent(event);
  return {
    id,
    created_at,
    ...(project_id === null ? {} : { project_id }),
    type: typeOf(event),
    message,
    ...(quote ? { quote } : {}),
  };
}

function eventLines(event: BridgeEvent): string[] {
  const { message, quote: words } = describeEvent(event);
  const about = event.projectId === null ? '' : ` Project \`${event.projectId}\`:`;
  return [`- ${event.createdAt}${about} ${message}${words ? ':' : ''}`, ...(words ? [quote(words)] : [])];
}
