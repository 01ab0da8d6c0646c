import * as z from 'zod';
import { currentCursor } from '../../bridge/changes.ts';
import { measuredRound } from '../../bridge/measured-round.ts';
import { projectDetails, projects } from '../../bridge/queries.ts';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { cleanLine, LIMITS } from '../../project/text.ts';
import { toWireProjectAnswer } from '../../wire/http.ts';
import { toWireProject } from '../../wire/project.ts';
import { projectAnswerSchema } from '../../wire/schemas/http.ts';
import { projectSchema } from '../../wire/schemas/project.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { namedProject, projectParams } from './named-project.ts';

const MAX_PROJECTS = 200;
const DEFAULT_PROJECTS = 50;
const UPDATES = 200;

const status = z.enum(PROJECT_STATUSES);

export const listProjects = defineRoute({
  method: 'GET',
  path: '/projects',
  access: 'read',
  summary:
    'Projects, newest first. The header `Link` leads to older ones; `Bridge-Cursor` is where the history stood before the list was read.',
  query: z.strictObject({
    status: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(status))
      .optional()
      .describe('only those in one of these statuses, separated by commas'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_PROJECTS)
      .default(DEFAULT_PROJECTS)
      .describe('how many at most'),
    before: z.string().optional().describe('the id of a project: those that are older'),
    q: z
      .string()
      .max(LIMITS.title)
      .transform(cleanLine)
      .optional()
      .describe('only those with this in their title, or at the beginning of their id'),
  }),
  answer: z.array(projectSchema),
  problems: ['project-not-found'],
  example: {
    path: '/projects?status=awaiting_approval&limit=2',
    answer: [{ id: '$PROJECT', title: 'Build a clock', status: 'awaiting_approval', round: 1, ...AND_MORE }],
  },
  async run({ query: { status: statuses = PROJECT_STATUSES, limit, before, q = '' } }, call) {
    const { bridge } = call;
    // First: what happens from here on is in the list, or in the history after this.
    const cursor = await currentCursor(bridge);
    const last = before === undefined ? undefined : await namedProject(call, before);
    if (last && !last.ok) return { problem: last.refusal };
    const found = await projects(bridge, {
      ...(statuses.length < PROJECT_STATUSES.length && { statuses }),
      limit: limit + 1,
      ...(q !== '' && { words: q }),
      ...(last && { after: last.value }),
    });
    const shown = found.slice(0, limit);
    const oldest = found.length > limit ? shown.at(-1) : undefined;
    const kept = new URLSearchParams({
      limit: String(limit),
      ...(oldest && { before: oldest.id }),
      ...(statuses.length < PROJECT_STATUSES.length && { status: statuses.join(',') }),
      ...(q !== '' && { q }),
    });
    const link = oldest && `</projects?${kept}>; rel="next"`;
    return {
      body: shown.map(toWireProject),
      headers: { 'Bridge-Cursor': cursor, ...(link !== undefined && { Link: link }) },
    };
  },
});

export const showProject = defineRoute({
  method: 'GET',
  path: '/projects/:id',
  access: 'read',
  summary: 'One project: its plan, rounds, runs and updates, the newest submission and the newest decision.',
  params: projectParams,
  answer: projectAnswerSchema,
  problems: ['project-not-found'],
  example: {
    path: '/projects/$PROJECT',
    answer: {
      project: { id: '$PROJECT', title: 'Build a clock', status: 'awaiting_approval', round: 1, ...AND_MORE },
      markdown: '# Build a clock',
      rounds: [
        { round: 1, summary: 'It ticks.', measured: { checks_passed: true, ...AND_MORE }, ...AND_MORE },
      ],
      spent_usd: 0.5,
      completion: { round: 1, summary: 'It ticks.', files_created: ['clock.ts'], ...AND_MORE },
      approval: null,
      ...AND_MORE,
    },
  },
  async run({ params: { id } }, call) {
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    const cursor = await currentCursor(call.bridge);
    const details = await projectDetails(call.bridge, found.value.id, UPDATES);
    if (!details.ok) throw new Error(details.refusal);
    const shown = await measuredRound(call.bridge, call.config, found.value.id);
    if (!shown.ok) throw new Error(shown.refusal);
    return {
      body: toWireProjectAnswer(details.value, shown.value.revision),
      headers: { 'Bridge-Cursor': cursor },
    };
  },
});
