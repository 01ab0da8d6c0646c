/** What was measured of a round, and the long texts that belong to it. */
import * as z from 'zod';
import { readCheckOutputs, readPatch } from '../../bridge/evidence-files.ts';
import { type MeasuredRound, measuredRound } from '../../bridge/measured-round.ts';
import type { RecordedEvidence } from '../../project/review.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { toWireShownEvidence } from '../../wire/evidence.ts';
import { shownEvidenceSchema } from '../../wire/schemas/evidence.ts';
import { type Call, defineRoute } from '../define-route.ts';
import { type Problem, problem } from '../problem.ts';
import { namedProject, projectParams } from './named-project.ts';

const roundParams = projectParams.extend({
  round: z.coerce.number().int().min(1).max(1_000_000).describe('1 until the first rejection, then 2, …'),
});

const PROBLEMS = ['project-not-found', 'round-not-found', 'not-measured'] as const;

export const showRound = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round',
  access: 'read',
  summary: 'What was measured of a round: checks, warnings, claims and changes, cost.',
  params: roundParams,
  answer: shownEvidenceSchema,
  problems: PROBLEMS,
  async run({ params }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const { measured, revision } = found.value;
    return { body: toWireShownEvidence(measured.evidence, revision) };
  },
});

export const showDiff = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round/diff',
  access: 'read',
  summary: 'The changes of a round, as a patch.',
  params: roundParams,
  query: z.strictObject({ path: z.string().min(1).optional().describe('this file alone') }),
  answer: 'text/x-diff; charset=utf-8',
  problems: [...PROBLEMS, 'not-kept'],
  async run({ params, query: { path } }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const patch = await readPatch(call.bridge, found.value.measured, path);
    return patch.ok ? { text: patch.value } : { problem: problem('not-kept', patch.refusal) };
  },
});

export const showCheck = defineRoute({
  method: 'GET',
  path: '/projects/:id/rounds/:round/checks/:name',
  access: 'read',
  summary: 'What one check of a round printed.',
  params: roundParams.extend({ name: z.string().describe('the name of the check') }),
  answer: 'text/plain; charset=utf-8',
  problems: [...PROBLEMS, 'not-kept'],
  async run({ params }, call) {
    const found = await roundOf(call, params);
    if (!found.ok) return { problem: found.refusal };
    const outputs = await readCheckOutputs(call.bridge, found.value.measured, params.name);
    if (!outputs.ok) return { problem: problem('not-kept', outputs.refusal) };
    const [output] = outputs.value;
    if (output?.text !== undefined) return { text: output.text };
    return { problem: problem('not-kept', 'what this check printed is no longer kept.') };
  },
});

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
  const facts = { status: found.value.project.status };
  return refuse(problem('not-measured', `round ${round} was not measured, or not yet.`, { facts }));
}
