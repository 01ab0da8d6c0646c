/** Reading the person's decision by hand, and taking up a revision. */
import * as z from 'zod';
import { isOutline, opensWork, whatNext } from '../../project/outline.ts';
import type { Project, ProjectStatus } from '../../project/project.ts';
import { answer, defineTool } from '../define-tool.ts';
import { projectId } from '../input.ts';
import { projectFacts, projectLine } from '../texts/project.ts';
import { decisionFacts, decisionText } from '../texts/review.ts';

export const approvalStatusTool = defineTool({
  name: 'bridge_get_approval_status',
  title: 'Read the decision',
  description:
    "Tells whether the person has approved or rejected the submitted work of a project, with a rejection's reason. Reading an approval completes the project.",
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({ project_id: projectId }),
  async run({ project_id }, { verbs }) {
    const read = await verbs.readApproval(project_id);
    if (!read.ok) return read;
    const { project, decision } = read.value;
    return answer(
      [projectLine(project), decision ? decisionText(decision, REASON_BYTES) : 'No decision yet.'],
      {
        ...projectFacts(project),
        ...(decision ? { decision: decisionFacts(decision, REASON_BYTES) } : {}),
        next: nextForCode(project),
      },
    );
  },
});

export const resetForRevisionTool = defineTool({
  name: 'bridge_reset_for_revision',
  title: 'Take up the revision',
  description:
    'Opens the next round of a rejected project and shows the reason again. Then change what it says.',
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({ project_id: projectId }),
  async run({ project_id }, { verbs }) {
    const reset = await verbs.resetForRevision(project_id);
    if (!reset.ok) return reset;
    const read = await verbs.readApproval(project_id);
    const decision = read.ok ? read.value.decision : undefined;
    return answer([projectLine(reset.value), ...(decision ? [decisionText(decision, REASON_BYTES)] : [])], {
      ...projectFacts(reset.value),
      ...(decision ? { decision: decisionFacts(decision, REASON_BYTES) } : {}),
      next: isOutline(reset.value) ? OUTLINE_AGAIN : REVISE,
    });
  },
});

const REASON_BYTES = 12_000;

const REVISE =
  'Make the changes that the reason asks for, report with bridge_send_update, then call bridge_send_completion again.';
const OUTLINE_AGAIN =
  'Change no file: call bridge_send_completion again, with another outline as its summary, as the reason asks.';

function nextForCode(project: Project): string {
  if (project.status === 'in_progress') {
    if (isOutline(project))
      return 'Change no file: call bridge_send_completion with the outline as its summary.';
    if (opensWork(project))
      return 'The outline is approved: now do the work as it says, then call bridge_send_completion.';
  }
  return FOR_CODE[project.status] ?? whatNext(project);
}

/** The same statuses as a person's session sees them that works on the project itself. */
const FOR_CODE: Partial<Record<ProjectStatus, string>> = {
  pending: 'Claim it with bridge_claim_project.',
  in_progress: 'Continue the work, then call bridge_send_completion.',
  awaiting_approval: 'The person has not decided yet: end your turn, and read the decision when they say so.',
  rejected: 'Call bridge_reset_for_revision, then make the changes that the reason asks for.',
  complete: 'It is approved and complete: tell the person.',
};
