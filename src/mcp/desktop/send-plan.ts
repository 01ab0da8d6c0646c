import * as z from 'zod';
import type { SentSchedule } from '../../bridge/schedules.ts';
import { describeNotUsed } from '../../project/not-used.ts';
import { listOfSettings } from '../../project/settings.ts';
import { type Answer, answer, defineTool } from '../define-tool.ts';
import { requestId } from '../input.ts';
import { readiness } from '../readiness.ts';
import {
  beginningLines,
  blockerQuotes,
  dependencyFacts,
  outlook,
  projectFacts,
  projectLine,
  workspaceText,
} from '../texts/project.ts';
import { scheduleFacts, scheduleLine } from '../texts/schedule.ts';

export const sendPlanTool = defineTool({
  name: 'bridge_send_plan',
  title: 'Send a plan to Claude Code',
  description: [
    'Puts a plan into the queue for Claude Code, which executes it alone and submits the result for approval.',
    'Write everything it needs into the plan: goal, steps, constraints, how to check the result; it does not see this chat.',
    `The Markdown may begin with YAML front matter between '---' lines; optional keys: ${listOfSettings()}.`,
    'A plan with a problem is refused and not stored: correct it and send it again.',
  ].join(' '),
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    plan_markdown: z.string().describe('The whole plan, at most 1 MB.'),
    title: z.string().optional().describe('Default: the front matter, then the first heading.'),
    workspace: z
      .string()
      .optional()
      .describe('Where Claude Code works: a configured name, or a path inside an allowed folder.'),
    request_id: requestId.optional(),
  }),
  async run(input, call) {
    const { verbs } = call;
    const plan = {
      markdown: input.plan_markdown,
      title: input.title,
      workspace: input.workspace,
      requestId: input.request_id ?? call.toolUseId,
    };
    const accepted = await verbs.acceptPlan(plan, call.actor);
    if (!accepted.ok) return accepted;
    if (accepted.value.kind === 'schedule') return scheduleAnswer(accepted.value.sent);
    const { project, repeated, waitsFor, notUsed } = accepted.value.sent;
    const cursor = await verbs.currentCursor();
    const ready = await readiness(call.verbs);
    const facts = {
      ...projectFacts(project),
      ...dependencyFacts(waitsFor),
      repeated,
      ...(notUsed.length > 0 ? { not_used: notUsed.slice(0, MAX_KEYS) } : {}),
      cursor,
      ...outlook(project, ready),
    };
    return answer(
      [
        repeated
          ? 'This request_id was already used; this is the project it created. Nothing new was sent. To send a new plan, use a new request_id.'
          : 'The plan is in the queue.',
        projectLine(project),
        workspaceText(project),
        ...beginningLines(project, waitsFor),
        describeNotUsed(notUsed),
        ...blockerQuotes([project], ready),
        `To follow it from here, call bridge_wait with cursor ${cursor} and this project_id.`,
      ],
      facts,
    );
  },
});

/** More of them tell a model nothing new. */
const MAX_KEYS = 50;

/** The times are told in the zone of the schedule. */
function scheduleAnswer({ repeated, notUsed, ...info }: SentSchedule): Answer {
  return answer(
    [
      repeated
        ? 'This request_id was already used; this is the schedule it created. Nothing new was sent.'
        : 'The plan is a schedule: each of its times makes a project of its own.',
      scheduleLine(info),
      describeNotUsed(notUsed),
    ],
    {
      schedule: scheduleFacts(info),
      repeated,
      ...(notUsed.length > 0 ? { not_used: notUsed.slice(0, MAX_KEYS) } : {}),
      next: `Tell the person when it begins. To pause or remove it: \`bridge-supervisor schedule pause ${info.schedule.id}\` on the command line.`,
    },
  );
}
