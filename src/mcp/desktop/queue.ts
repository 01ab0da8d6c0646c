import * as z from 'zod';
import type { MeasuredRound } from '../../bridge/measured-round.ts';
import { isOutline } from '../../project/outline.ts';
import { answer, defineTool, type Facts } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import { choiceFacts } from '../texts/choices.ts';
import { evidenceFacts, measuredLines } from '../texts/evidence.ts';
import { attentionLines, projectFacts, projectLine, workspaceText } from '../texts/project.ts';
import { questionText, requestFacts } from '../texts/question.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import { completionFacts, completionLines } from '../texts/review.ts';
import { scheduleFacts, scheduleLine } from '../texts/schedule.ts';

export const approvalQueueTool = defineTool({
  name: 'bridge_get_approval_queue',
  title: 'Show what waits for approval',
  description:
    'Shows what Claude Code asks the person, then the work that waits for their decision, oldest first: what was measured of it, what an approval would do and a rejection would cost, and what Claude Code says about it. Also projects that need a person for another reason.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({}),
  async run(_, { verbs, shown: known }) {
    const waiting = await verbs.waitingRounds(MAX_SHOWN + 1);
    const shown = fitting(waiting.slice(0, MAX_SHOWN), roundFacts);
    for (const round of shown) known.noteRound(round);
    const asked = (await verbs.questions({ undecided: true })).slice(0, MAX_STUCK);
    known.noteRequests(asked.map(({ request }) => request));
    const stuck = await verbs.projects({
      statuses: ['attention'],
      oldestFirst: true,
      limit: MAX_STUCK,
    });
    const schedules = (await verbs.schedules()).slice(0, MAX_SCHEDULES);
    const more = shown.length < waiting.length;
    return answer(
      [
        ...(asked.length === 0
          ? []
          : [`Claude Code asks the person, and waits. ${QUOTED_NOTE}`, ...asked.flatMap(questionText), '']),
        shown.length === 0
          ? 'Nothing waits for approval.'
          : `${shown.length}${more ? ' (and more)' : ''} waiting for approval. ${QUOTED_NOTE}`,
        ...shown.flatMap((round) => ['', ...roundLines(round)]),
        ...(stuck.length > 0 && shown.length + asked.length === 0 ? [QUOTED_NOTE] : []),
        ...stuck.flatMap((project) => ['', projectLine(project), ...attentionLines(project)]),
        ...(schedules.length > 0 ? ['', ...schedules.map(scheduleLine)] : []),
      ],
      {
        ...(asked.length > 0 ? { questions: asked.map(requestFacts) } : {}),
        waiting: shown.map(roundFacts),
        ...(shown.length + stuck.length + asked.length > 0 ? { note: QUOTED_NOTE } : {}),
        ...(more ? { more: true } : {}),
        ...(stuck.length > 0 ? { attention: stuck.map(projectFacts) } : {}),
        ...(schedules.length > 0 ? { schedules: schedules.map(scheduleFacts) } : {}),
        next: [...(asked.length > 0 ? [SETTLE] : []), whatNext(shown.length, more)].join(' '),
      },
    );
  },
});

const SETTLE =
  'First show the person what is asked; once they have decided, call bridge_answer, bridge_allow or bridge_deny.';

const MAX_SHOWN = 10;
const MAX_STUCK = 5;
const MAX_SCHEDULES = 20;
const EVIDENCE_BYTES = 3_000;
const COMPLETION_BYTES = 4_000;

function roundFacts(round: MeasuredRound): Facts {
  const { project, completion, measured } = round;
  return {
    ...projectFacts(project),
    ...(measured ? { evidence: evidenceFacts(measured, EVIDENCE_BYTES) } : {}),
    ...choiceFacts(round),
    ...(completion ? { completion: completionFacts(completion, COMPLETION_BYTES) } : {}),
  };
}

/** What was measured comes first, what Claude says after it. */
function roundLines(round: MeasuredRound): string[] {
  const { project, completion } = round;
  return [
    projectLine(project),
    workspaceText(project),
    ...measuredLines(round, EVIDENCE_BYTES),
    ...(completion
      ? ['', ...completionLines(completion, COMPLETION_BYTES, isOutline(project, completion.round))]
      : []),
  ];
}

function whatNext(shown: number, more: boolean): string {
  if (shown === 0)
    return 'Nothing to decide. bridge_list_projects shows all projects; bridge_wait waits for changes.';
  const decide =
    'Show this to the person; once they have decided, call bridge_approve, or bridge_reject with their reason.';
  return more ? `${decide} More wait: call again after deciding these.` : decide;
}
