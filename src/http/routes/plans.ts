/** What helps to write a plan: what it may say, and what would be refused of it. */
import * as z from 'zod';
import { checkAmendment } from '../../bridge/amend-plan.ts';
import { checkScheduleAmendment } from '../../bridge/amend-schedule.ts';
import { checkNewPlan } from '../../bridge/schedules.ts';
import { readFrontMatter } from '../../project/front-matter.ts';
import { parsePlan } from '../../project/plan.ts';
import { SETTING_KEYS } from '../../project/settings.ts';
import { LIMITS } from '../../project/text.ts';
import { namedWorkspaces } from '../../project/workspace.ts';
import type { Result } from '../../result.ts';
import { checkedPlanSchema, planRulesSchema, type WireCheckedPlan } from '../../wire/schemas/plan-rules.ts';
import { defineRoute } from '../define-route.ts';
import { LEFT_OUT } from '../example.ts';
import { namedProject } from './named-project.ts';
import { namedSchedule } from './schedules.ts';

export const showPlanRules = defineRoute({
  method: 'GET',
  path: '/plans/rules',
  access: 'admin',
  summary: 'The keys that the front matter of a plan may have, and the workspaces that it may name.',
  answer: planRulesSchema,
  example: {
    answer: {
      settings: [{ name: 'title', allowed: 'a text of 1 to 200 characters', hint: null }, LEFT_OUT],
      workspaces: LEFT_OUT,
      default_workspace: LEFT_OUT,
    },
  },
  async run(_input, { config }) {
    return {
      body: {
        settings: SETTING_KEYS.map(({ name, allowed, hint }) => ({ name, allowed, hint: hint ?? null })),
        workspaces: namedWorkspaces(config.workspaces).map(({ name, path }) => ({ name, path })),
        default_workspace: config.workspace ?? null,
      },
    };
  },
});

export const checkOnePlan = defineRoute({
  method: 'POST',
  path: '/plans/check',
  access: 'admin',
  summary:
    'What would be refused of a plan if it were sent now, or made the plan of a project or of a schedule. Nothing is stored.',
  body: z.strictObject({
    markdown: z.string().describe('the plan, with optional front matter'),
    workspace: z
      .string()
      .min(1)
      .optional()
      .describe("of a new plan: a name of the configuration or a path, instead of the plan's own"),
    project_id: z.string().optional().describe('of which project it is to become the plan'),
    schedule_id: z.string().optional().describe('of which schedule it is to become the plan'),
  }),
  answer: checkedPlanSchema,
  maxBodyBytes: 2 * LIMITS.planBytes,
  problems: ['project-not-found', 'schedule-not-found'],
  example: {
    send: { markdown: '---\nprioriti: 3\n---\n# Sweep the yard\n\nUse the new broom.' },
    answer: { problems: [LEFT_OUT], title: null, not_used: [] },
  },
  async run({ body: { markdown, workspace, project_id: projectId, schedule_id: scheduleId } }, call) {
    const { bridge, config, env } = call;
    if (projectId !== undefined) {
      const project = await namedProject(call, projectId);
      if (!project.ok) return { problem: project.refusal };
      const check = () => checkAmendment(config, project.value, markdown);
      return { body: await checked(markdown, project.value.title, check) };
    }
    if (scheduleId !== undefined) {
      const found = await namedSchedule(call, scheduleId);
      if (!found.ok) return { problem: found.refusal };
      const { schedule } = found.value;
      const check = () => checkScheduleAmendment(bridge, config, schedule, markdown, env);
      return { body: await checked(markdown, schedule.title, check) };
    }
    const check = () => checkNewPlan(bridge, config, { markdown, workspace }, env);
    return { body: await checked(markdown, undefined, check) };
  },
});

interface Accepted {
  readonly plan: { readonly title: string };
  readonly notUsed: readonly string[];
}

/** What is wrong with the text is told line by line; then comes the first thing that the owner does not allow. */
async function checked(
  markdown: string,
  title: string | undefined,
  check: () => Promise<Result<Accepted>>,
): Promise<WireCheckedPlan> {
  const parsed = await parsePlan(markdown, readFrontMatter(markdown).settings.title ?? title);
  if (!parsed.ok) return { problems: [...parsed.problems], title: null, not_used: [] };
  const found = await check();
  if (!found.ok) return { problems: [found.refusal], title: null, not_used: [] };
  const { plan, notUsed } = found.value;
  return { problems: [], title: plan.title, not_used: [...notUsed] };
}
