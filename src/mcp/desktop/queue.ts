import * as z from 'zod';
import type { ProjectState } from '../../bridge/queries.ts';
import { answer, defineTool, type Facts } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import { attentionLines, projectFacts, projectLine, workspaceText } from '../texts/project.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import { completionFacts, completionLines } from '../texts/review.ts';

export const approvalQueueTool = defineTool({
  name: 'bridge_get_approval_queue',
  title: 'Show what waits for approval',
  description:
    'Shows the work that waits for the decision of the person, oldest first, with what Claude Code says about it, and projects that need a person for another reason.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({}),
  async run(_, { verbs }) {
    const waiting = await verbs.approvalQueue(MAX_SHOWN + 1);
    const shown = fitting(waiting.slice(0, MAX_SHOWN), stateFacts);
    const stuck = await verbs.projects({
      statuses: ['attention'],
      oldestFirst: true,
      limit: MAX_STUCK,
    });
    const more = shown.length < waiting.length;
    return answer(
      [
        shown.length === 0
          ? 'Nothing waits for approval.'
          : `${shown.length}${more ? ' (and more)' : ''} waiting for approval. ${QUOTED_NOTE}`,
        ...shown.flatMap((state) => ['', ...stateLines(state)]),
        ...(stuck.length > 0 && shown.length === 0 ? [QUOTED_NOTE] : []),
        ...stuck.flatMap((project) => ['', projectLine(project), ...attentionLines(project)]),
      ],
      {
        waiting: shown.map(stateFacts),
        ...(shown.length + stuck.length > 0 ? { note: QUOTED_NOTE } : {}),
        ...(more ? { more: true } : {}),
        ...(stuck.length > 0 ? { attention: stuck.map(projectFacts) } : {}),
        next: whatNext(shown.length, more),
      },
    );
  },
});

const MAX_SHOWN = 10;
const MAX_STUCK = 5;
const BYTES_EACH = 4_000;

function stateFacts({ project, completion }: ProjectState): Facts {
  return {
    ...projectFacts(project),
    ...(completion ? { completion: completionFacts(completion, BYTES_EACH) } : {}),
  };
}

function stateLines({ project, completion }: ProjectState): string[] {
  const lines = [projectLine(project), workspaceText(project)];
  return completion ? [...lines, ...completionLines(completion, BYTES_EACH)] : lines;
}

function whatNext(shown: number, more: boolean): string {
  if (shown === 0)
    return 'Nothing to decide. bridge_list_projects shows all projects; bridge_wait waits for changes.';
  const decide =
    'Show this to the person; once they have decided, call bridge_approve, or bridge_reject with their reason.';
  return more ? `${decide} More wait: call again after deciding these.` : decide;
}
