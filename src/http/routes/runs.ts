/** One run: what is known of it, and what Claude writes in it. */
import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { openKept } from '../../bridge/kept-text.ts';
import { runDetails } from '../../bridge/queries.ts';
import { includesRole } from '../../project/credential.ts';
import { asRunId, isProjectId } from '../../project/ids.ts';
import type { Run } from '../../project/run.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { runFiles } from '../../state-folder.ts';
import { toWireOutcome, toWireRun } from '../../wire/run.ts';
import { toWireRunLine } from '../../wire/run-item.ts';
import { runSchema } from '../../wire/schemas/run.ts';
import { runPageSchema, type WireRunLine } from '../../wire/schemas/run-item.ts';
import { type Call, type CallOfSomebody, defineRoute, type Reply } from '../define-route.ts';
import type { EventStream } from '../events/stream.ts';
import { AND_MORE } from '../example.ts';
import { pageOf, pageQuery, type Whole } from '../page.ts';
import { type Problem, problem } from '../problem.ts';
import { openStream } from './stream-room.ts';

const MAX_LINES = 200;

const params = z.strictObject({ id: z.string().describe('the id of the run, whole') });

export const showRun = defineRoute({
  method: 'GET',
  path: '/runs/:id',
  access: 'read',
  summary: 'One run: what it does, how it ended, what it cost.',
  params,
  answer: runSchema,
  problems: ['run-not-found'],
  example: {
    path: '/runs/$RUN',
    answer: {
      id: '$RUN',
      project_id: '$PROJECT',
      kind: 'execute',
      cost_usd: 0.5,
      outcome: { kind: 'submitted' },
      ended_at: '2026-03-01T12:00:03.000Z',
      ...AND_MORE,
    },
  },
  async run({ params: { id } }, call) {
    const found = await namedRun(call, id);
    return found.ok ? { body: toWireRun(found.value) } : { problem: found.refusal };
  },
});

export const followRun = defineRoute({
  method: 'GET',
  path: '/runs/:id/stream',
  access: 'read',
  summary:
    'What Claude writes in a run, as it writes it: server-sent events from the beginning, or after the position named by `Last-Event-ID` or `after`, until the run has ended. What tools have answered is for `admin` alone: it holds whatever Claude has read. With `Accept: application/json` one page of what is there.',
  params,
  query: z.strictObject({
    after: z.string().optional().describe('a position in the output, in bytes; 0: from the beginning'),
  }),
  answer: runPageSchema,
  problems: ['run-not-found', 'not-kept', 'wrong-cursor', 'too-many-streams'],
  example: {
    path: '/runs/$RUN/stream',
    goesOn: true,
    answer: `retry: 1000

id: 100
data: {"position":100,"at":null,"items":[{"kind":"text","of_subagent":false,"text":"The clock ticks.","cut":false}]}

event: end
data: {"outcome":{"kind":"submitted"}}

`,
  },
  async run({ params: { id }, query }, call) {
    const found = await namedRun(call, id);
    if (!found.ok) return { problem: found.refusal };
    const named = call.lastEventId ?? query.after ?? '0';
    if (!/^\d{1,15}$/.test(named)) return { problem: WRONG_POSITION };
    if (!(await isKept(call, found.value))) return { problem: NOT_KEPT };
    const from = Number(named);
    return call.wantsJson
      ? page(call, found.value, from)
      : openStream(call, (to) => followOutput(call, found.value, from, to));
  },
});

export const readRawOutput = defineRoute({
  method: 'GET',
  path: '/runs/:id/raw',
  access: 'admin',
  summary:
    'All that Claude has written in a run, as it did: JSON lines, with whatever it has read, secrets included. Page by page: the header `Link` leads to the next, also where a run under way has written no more yet. Once it has ended, pieces of answers that follow whole are left out.',
  params,
  query: pageQuery,
  answer: 'application/x-ndjson',
  problems: ['run-not-found', 'not-kept'],
  example: {
    path: '/runs/$RUN/raw',
    answer:
      '{"type":"assistant","message":{"id":"msg_1","content":[{"type":"text","text":"The clock ticks."}]}}\n',
  },
  async run({ params: { id }, query: { after } }, call) {
    const found = await namedRun(call, id);
    if (!found.ok) return { problem: found.refusal };
    await using file = await openKept(runFiles(call.bridge.stateDir, id).output);
    if (!file && found.value.endedAt !== null) return { problem: NOT_KEPT };
    const grows = found.value.endedAt === null;
    const path = `/runs/${id}/raw`;
    return await pageOf(file ?? NOTHING_YET, path, after, grows);
  },
});

const NOTHING_YET: Whole = { bytes: 0, read: async () => Buffer.alloc(0) };

const WRONG_POSITION = problem('wrong-cursor', 'a position is a number of bytes.');
const NOT_KEPT = problem('not-kept', 'what Claude wrote in this run is no longer kept.');

/** Of a run that has not ended the output may be still to come. */
async function isKept({ bridge }: Call, { id, endedAt }: Run): Promise<boolean> {
  if (endedAt === null) return true;
  const file = await stat(runFiles(bridge.stateDir, id).output).catch(() => undefined);
  return file?.isFile() === true;
}

async function page(call: CallOfSomebody, run: Run, from: number): Promise<Reply> {
  const lines: WireRunLine[] = [];
  for await (const line of linesOf(call, run, from, AbortSignal.abort())) {
    lines.push(line);
    if (lines.length === MAX_LINES) break;
  }
  const ended = run.endedAt !== null && lines.length < MAX_LINES;
  return { body: { lines, position: lines.at(-1)?.position ?? from, ended } };
}

/** Ends with the run: what it wrote last is read before. */
async function followOutput(call: CallOfSomebody, run: Run, from: number, to: EventStream): Promise<void> {
  const over = new AbortController();
  const ending = untilEnded(call, run, to).then((last) => {
    over.abort();
    return last;
  });
  // Its failure is that of the stream; it is looked at below.
  ending.catch(() => over.abort());
  for await (const line of linesOf(call, run, from, AbortSignal.any([over.signal, to.closed]))) {
    if (to.closed.aborted) return;
    await to.write(`id: ${line.position}\ndata: ${JSON.stringify(line)}\n\n`);
  }
  const last = await ending;
  if (last?.outcome && !to.closed.aborted) to.tell('end', { outcome: toWireOutcome(last.outcome) });
}

/** The run once it has ended; undefined when the client is gone before. */
async function untilEnded({ bridge, events }: Call, { id }: Run, to: EventStream): Promise<Run | undefined> {
  while (!to.closed.aborted) {
    const { news } = events.feed;
    const run = await runDetails(bridge, id);
    if (!run || run.endedAt !== null) return run;
    await to.unlessClosed(news);
  }
  return undefined;
}

async function* linesOf(
  { bridge, caller, followOutput }: CallOfSomebody,
  { id }: Run,
  from: number,
  ended: AbortSignal,
): AsyncGenerator<WireRunLine> {
  const withResults = includesRole(caller.role, 'admin');
  const { output } = runFiles(bridge.stateDir, id);
  for await (const line of followOutput(output, from, ended)) yield toWireRunLine(line, withResults);
}

async function namedRun({ bridge }: Call, id: string): Promise<Result<Run, Problem>> {
  // Ids of runs have the form of those of projects.
  const run = isProjectId(id) ? await runDetails(bridge, asRunId(id)) : undefined;
  return run ? ok(run) : refuse(problem('run-not-found', 'there is no such run.'));
}
