/** What was measured of a round, and the long texts that belong to it. */
import * as z from 'zod';
import { openCheckOutput, openPatch } from '../../bridge/evidence-files.ts';
import type { KeptText } from '../../bridge/kept-text.ts';
import { type MeasuredRound, measuredRound } from '../../bridge/measured-round.ts';
import { isClosed, type ProjectStatus } from '../../project/project.ts';
import type { RecordedEvidence } from '../../project/review.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { toWireChangeList, toWireShownEvidence } from '../../wire/evidence.ts';
import { changeListSchema, shownEvidenceSchema } from '../../wire/schemas/evidence.ts';
import { type Call, defineRoute, type Reply } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { pageOf, pageQuery } from '../page.ts';
import { type Problem, problem } from '../problem.ts';
import { namedProject, projectParams } from './named-project.ts';

const numberParam = (meaning: string) => z.coerce.number().int().min(1).max(1_000_000).describe(meaning);

const roundParams = projectParams.extend({
  round: numberParam('1 until the first rejection, then 2, …'),
});

const PAGED = 'Page by page: the header `Link` leads to the next.';

const PROBLEMS = ['project-not-found', 'round-not-found', 'not-measured'] as const;

export const showRound = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round',
  access: 'read',
  summary: 'What was measured of a round: checks, warnings, claims and changes, cost.',
  params: roundParams,
  answer: shownEvidenceSchema,
  problems: PROBLEMS,
  example: {
    path: '/projects/$PROJECT/rounds/1',
    answer: {
      round: 1,
      measured: true,
      git: { branch: '…', base_state: 'same', mergeable: 'clean', ...AND_MORE },
      diff: { files: 1, insertions: 1, deletions: 0, ...AND_MORE },
      claims: { missing: [], undeclared: [], misfiled: [], ignored: [] },
      warnings: [],
      checks: [{ name: 'test', run: 'npm test', exit_code: 0, timed_out: false, ...AND_MORE }],
      checks_passed: true,
      ...AND_MORE,
    },
  },
  async run({ params }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const { measured, revision } = found.value;
    return { body: toWireShownEvidence(measured.evidence, revision) };
  },
});

export const listChanges = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round/diff',
  access: 'read',
  summary: 'The files that a round changed, each with the number under which its changes are read.',
  params: roundParams,
  answer: changeListSchema,
  problems: PROBLEMS,
  example: {
    path: '/projects/$PROJECT/rounds/1/diff',
    answer: {
      files: 1,
      insertions: 1,
      changes: [{ number: 1, path: 'clock.ts', status: 'A', insertions: 1, deletions: 0, ...AND_MORE }],
      ...AND_MORE,
    },
  },
  async run({ params }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const { diff, cause } = found.value.measured.evidence;
    if (diff) return { body: toWireChangeList(diff) };
    const facts = { state: 'unmeasured', ...(cause && { cause: cause.kind }) };
    return { problem: problem('not-measured', 'what this round changed was not measured.', { facts }) };
  },
});

export const showChange = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round/diff/:number',
  access: 'read',
  summary: `The changes of one file, as a patch. ${PAGED}`,
  params: roundParams.extend({ number: numberParam('as the list of changes has it') }),
  query: pageQuery,
  answer: 'text/x-diff; charset=utf-8',
  problems: [...PROBLEMS, 'not-kept'],
  example: {
    path: '/projects/$PROJECT/rounds/1/diff/1',
    answer: 'diff --git a/clock.ts b/clock.ts\nnew file mode 100644\n…',
  },
  async run({ params, query: { after } }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const { measured } = found.value;
    const change = measured.evidence.diff?.changes[params.number - 1];
    if (!change) return { problem: problem('not-kept', 'there is no change of this number.') };
    const path = `/projects/${params.id}/rounds/${params.round}/diff/${params.number}`;
    return pageOrProblem(await openPatch(call.bridge, measured, change), path, after);
  },
});

export const showPatch = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round/patch',
  access: 'read',
  summary: `All changes of a round, as a patch. ${PAGED}`,
  params: roundParams,
  query: pageQuery,
  answer: 'text/x-diff; charset=utf-8',
  problems: [...PROBLEMS, 'not-kept'],
  example: {
    path: '/projects/$PROJECT/rounds/1/patch',
    answer:
      "diff --git a/clock.ts b/clock.ts\nnew file mode 100644\n--- /dev/null\n+++ b/clock.ts\n@@ -0,0 +1 @@\n+export const tick = () => 'tick';\n",
  },
  async run({ params, query: { after } }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const path = `/projects/${params.id}/rounds/${params.round}/patch`;
    return pageOrProblem(await openPatch(call.bridge, found.value.measured), path, after);
  },
});

export const showCheck = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round/checks/:name',
  access: 'read',
  summary: `What one check of a round printed. ${PAGED}`,
  params: roundParams.extend({ name: z.string().describe('the name of the check') }),
  query: pageQuery,
  answer: 'text/plain; charset=utf-8',
  problems: [...PROBLEMS, 'not-kept'],
  example: { path: '/projects/$PROJECT/rounds/1/checks/test', answer: '3 tests passed\n' },
  async run({ params, query: { after } }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const path = `/projects/${params.id}/rounds/${params.round}/checks/${encodeURIComponent(params.name)}`;
    return pageOrProblem(await openCheckOutput(call.bridge, found.value.measured, params.name), path, after);
  },
});

async function pageOrProblem(opened: Result<KeptText>, path: string, after: number): Promise<Reply> {
  if (!opened.ok) return { problem: problem('not-kept', opened.refusal) };
  await using text = opened.value;
  return await pageOf(text, path, after);
}

type Measured = MeasuredRound & { readonly measured: RecordedEvidence };

async function roundOf(
  call: Call,
  { id, round }: { readonly id: string; readonly round: number },
): Promise<Result<Measured, Problem>> {
  const project = await namedProject(call, id);
  if (!project.ok) return project;
  const found = await measuredRound(call.bridge, call.config, project.value.id, round);
  if (!found.ok) return refuse(problem('round-not-found', found.refusal));
  const { measured } = found.value;
  if (measured) return ok({ ...found.value, measured });
  const { status, round: present } = found.value.project;
  const state = round < present || isClosed(status) ? 'unmeasured' : (STATES[status] ?? 'unmeasured');
  return refuse(
    problem('not-measured', `round ${round} was not measured, or not yet.`, { facts: { status, state } }),
  );
}

/** Why there is nothing to read yet; otherwise nothing was measured, and nothing will be. */
const STATES: Partial<Record<ProjectStatus, 'measuring' | 'working'>> = {
  verifying: 'measuring',
  pending: 'working',
  in_progress: 'working',
  awaiting_answer: 'working',
};
