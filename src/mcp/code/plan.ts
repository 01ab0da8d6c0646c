/** Taking up a plan by hand. */

import * as z from 'zod';
import type { ProjectId } from '../../project/ids.ts';
import { isOutline } from '../../project/outline.ts';
import type { Project } from '../../project/project.ts';
import { type Answer, answer, type Call, defineTool } from '../define-tool.ts';
import { cut, ROOM_BYTES } from '../fit.ts';
import { projectId } from '../input.ts';
import { projectFacts, projectLine, workspaceText } from '../texts/project.ts';

export const pendingPlanTool = defineTool({
  name: 'bridge_get_pending_plan',
  title: 'Get the next plan',
  description:
    'Shows the next plan that waits in the queue, without taking it up. With project_id: the plan of that project; with offset: the rest of a plan that was too long for one answer.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    project_id: projectId.optional(),
    offset: z.int().min(0).max(10_000_000).optional(),
  }),
  async run({ project_id, offset = 0 }, call) {
    const found = await findPlan(project_id, call);
    if (!found.ok) return found;
    if (!found.value) {
      const next =
        'Tell the person that no plan waits; plans are sent from Claude Desktop with bridge_send_plan.';
      return answer(['No plan waits in the queue.'], { pending: false, next });
    }
    const { project, markdown } = found.value;
    return planAnswer(
      project,
      markdown,
      offset,
      project.status === 'pending'
        ? `To claim it, call bridge_claim_project with project_id ${project.id}.`
        : 'Follow the plan.',
    );
  },
});

export const claimProjectTool = defineTool({
  name: 'bridge_claim_project',
  title: 'Take up a plan',
  description: 'Claims a pending project for this session and shows its plan. Then do the work.',
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({ project_id: projectId }),
  async run({ project_id }, { verbs }) {
    const claimed = await verbs.claimByHand(project_id);
    if (!claimed.ok) return claimed;
    const { project, markdown } = claimed.value;
    return planAnswer(project, markdown, 0, isOutline(project) ? OUTLINE : WORK);
  },
});

const OUTLINE =
  'Change no file yet: the person first wants an outline. Call bridge_send_completion with how you mean to carry out the plan as its summary, and begin the work once bridge_get_approval_status says that it is approved.';

const WORK =
  'Do the work in the workspace (create the folder if it does not exist), report each step with bridge_send_update, and call bridge_send_completion when all is done.';

async function findPlan(id: ProjectId | undefined, { verbs }: Call) {
  if (id === undefined) return { ok: true, value: await verbs.pendingPlan() } as const;
  return verbs.projectDetails(id, 0);
}

/** One part of a plan: nothing of it is left out, a long one takes several calls. */
function planAnswer(project: Project, markdown: string, offset: number, then: string): Answer {
  const { text, left } = cut(markdown.slice(offset), ROOM_BYTES);
  const end = offset + text.length;
  const rest = `Read the rest of the plan: bridge_get_pending_plan with project_id ${project.id} and offset ${end}. ${then}`;
  return answer(
    [
      projectLine(project),
      workspaceText(project),
      offset > 0 || left > 0 ? `Plan, characters ${offset} to ${end} of ${markdown.length}:` : 'Plan:',
      '',
      text,
    ],
    {
      ...projectFacts(project),
      plan_markdown: text,
      ...(left > 0 ? { next_offset: end } : {}),
      next: left > 0 ? rest : then,
    },
  );
}
