import * as z from 'zod';
import { describeNotUsed } from '../../project/not-used.ts';
import { answer, defineTool } from '../define-tool.ts';
import { projectId, requestId } from '../input.ts';
import { readiness } from '../readiness.ts';
import { blockerQuotes, outlook, projectFacts, projectLine } from '../texts/project.ts';

export const amendPlanTool = defineTool({
  name: 'bridge_amend_plan',
  title: 'Amend the plan of a project',
  description:
    'Replaces the plan of an open project with a new revision. Claude Code is told of it if it works; submitted work that waits for a decision goes back with the new plan, as if rejected. Send the whole plan, not the change alone. Call it only when the person has said so; for a remark, use bridge_steer.',
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    project_id: projectId,
    plan_markdown: z
      .string()
      .describe('The whole new plan. Settings that its front matter leaves out stay as they are.'),
    request_id: requestId.optional(),
  }),
  async run(input, call) {
    const amendment = {
      projectId: input.project_id,
      markdown: input.plan_markdown,
      requestId: input.request_id ?? call.toolUseId,
    };
    const amended = await call.verbs.amendPlan(amendment, call.actor);
    if (!amended.ok) return amended;
    const { project, revision, repeated, reopened, notUsed } = amended.value;
    const cursor = await call.verbs.currentCursor();
    const ready = await readiness(call.verbs);
    return answer(
      [
        repeated
          ? `This request_id was already used: it made revision ${revision}. Nothing was changed.`
          : `The plan is amended: revision ${revision}.`,
        reopened ? 'The submitted work goes back to Claude Code with the new plan.' : undefined,
        projectLine(project),
        describeNotUsed(notUsed),
        ...blockerQuotes([project], ready),
      ],
      { ...projectFacts(project), revision, repeated, reopened, cursor, ...outlook(project, ready) },
    );
  },
});
