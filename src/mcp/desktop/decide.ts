/** The person's decision about submitted work. */
import * as z from 'zod';
import type { Decided } from '../../bridge/reviews.ts';
import { isOutline } from '../../project/outline.ts';
import type { Verdict } from '../../project/review.ts';
import { REVISE_IN } from '../../project/revision.ts';
import { type Answer, answer, type Call, defineTool } from '../define-tool.ts';
import { projectId } from '../input.ts';
import { readiness } from '../readiness.ts';
import { blockerQuotes, outlook, projectFacts, projectLine } from '../texts/project.ts';
import { decisionFacts } from '../texts/review.ts';

const round = z
  .int()
  .min(1)
  .max(1_000_000)
  .optional()
  .describe(
    'The round the person has seen; refused when another one waits. Default: the one that was shown last.',
  );

const tree = z
  .string()
  .max(64)
  .optional()
  .describe(
    'The first 8 or more digits of the tree the person has seen; refused when it is another. Default: as shown last.',
  );

const reviseIn = z
  .enum(REVISE_IN)
  .optional()
  .describe(
    'Where it goes on: in the session that did the work, in a fresh one that is told plan, evidence, changes and reason, or in the cheapest. Default: as configured; the shown text says so, and what either costs.',
  );

const allow = z
  .array(z.string())
  .optional()
  .describe(
    'Rules for what Claude Code may do from now on, in this project alone, such as "Bash(npm test *)": only what the person has said, of what was refused. What the policy denies stays denied.',
  );

export const approveTool = defineTool({
  name: 'bridge_approve',
  title: 'Approve submitted work',
  description:
    'Approves what Claude Code submitted, as it was shown: it then lands as the shown text says, and the project is completed; after an outline the work begins instead. Call it only when the person has said so. Refused for work that was not shown. A repeated call returns the first decision.',
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({ project_id: projectId, round, tree }),
  async run(input, call) {
    const { project_id, ...binding } = input;
    const shown = call.shown.roundOf(project_id);
    const decided = await call.verbs.approve(project_id, call.actor, { ...binding, shown });
    return decided.ok ? decisionAnswer(decided.value, call) : decided;
  },
});

export const rejectTool = defineTool({
  name: 'bridge_reject',
  title: 'Reject submitted work',
  description:
    'Rejects what Claude Code submitted and sends the reason back to it; it revises the work and submits again. Call it only when the person has said so. A repeated call returns the first decision.',
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    project_id: projectId,
    // An empty reason is refused by the verb, in words that people know.
    reason: z.string().describe('What is to be changed: Claude Code is told exactly this. Not empty.'),
    revise_in: reviseIn,
    allow,
    round,
    tree,
  }),
  async run(input, call) {
    const { project_id, reason, revise_in, allow = [], ...binding } = input;
    const shown = call.shown.roundOf(project_id);
    const found = await call.verbs.measuredRound(project_id);
    const { maxRounds, policy } = found.ok ? found.value : {};
    const decided = await call.verbs.reject(project_id, reason, call.actor, {
      ...binding,
      shown,
      reviseIn: revise_in,
      allow,
      policy,
      ...(maxRounds !== undefined && { maxRounds }),
    });
    return decided.ok ? decisionAnswer(decided.value, call) : decided;
  },
});

const AFTER_OUTLINE: Record<Verdict, string> = {
  approved:
    'No work was done yet, and nothing landed: Claude Code begins it now, and submits it in the next round.',
  rejected: 'Claude Code makes another outline and changes nothing meanwhile.',
};

async function decisionAnswer({ project, decision, repeated }: Decided, call: Call): Promise<Answer> {
  const ready = await readiness(call.verbs);
  const facts = {
    ...projectFacts(project),
    decision: decisionFacts(decision),
    repeated,
    cursor: await call.verbs.currentCursor(),
    ...outlook(project, ready),
  };
  const what = `${decision.verdict} at ${decision.createdAt} by ${decision.decidedBy}`;
  return answer(
    [
      repeated
        ? `${isOutline(project, decision.round) ? 'The outline of round' : 'Round'} ${decision.round} was already ${what}; nothing was changed.`
        : isOutline(project, decision.round)
          ? `The outline of round ${decision.round} is ${decision.verdict}. ${AFTER_OUTLINE[decision.verdict]}`
          : `Round ${decision.round} is ${decision.verdict}.`,
      projectLine(project),
      ...blockerQuotes([project], ready),
      `To follow it from here, call bridge_wait with cursor ${facts.cursor} and this project_id.`,
    ],
    facts,
  );
}
