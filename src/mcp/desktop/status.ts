import * as z from 'zod';
import type { MeasuredRound } from '../../bridge/measured-round.ts';
import { waitsUntil } from '../../project/back-off.ts';
import { describeCosts } from '../../project/costs.ts';
import { isOutline } from '../../project/outline.ts';
import type { ProjectDetails } from '../../project/project-details.ts';
import { asCode, quote } from '../../project/quotation.ts';
import { isUndecided } from '../../project/request.ts';
import { sortWaiting } from '../../project/review.ts';
import { plural } from '../../project/text.ts';
import { answer, defineTool, type Facts } from '../define-tool.ts';
import { projectId } from '../input.ts';
import { readiness } from '../readiness.ts';
import { choiceFacts } from '../texts/choices.ts';
import { evidenceFacts, measuredLines } from '../texts/evidence.ts';
import {
  attentionLines,
  beginningLines,
  blockerQuotes,
  dependencyFacts,
  outlook,
  projectFacts,
  projectLine,
  workspaceText,
} from '../texts/project.ts';
import { requestFacts, requestText } from '../texts/question.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import {
  completionFacts,
  completionLines,
  decisionFacts,
  decisionText,
  updateFacts,
  updateText,
} from '../texts/review.ts';
import { endOf, liveFacts, liveLines } from '../texts/run.ts';

export const projectStatusTool = defineTool({
  name: 'bridge_get_project_status',
  title: 'Show where a project stands',
  description:
    'Shows one project: its status, what Claude Code is doing now, what was measured of its work, what it submitted, decisions, cost, and what happens next.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ project_id: projectId }),
  async run({ project_id }, call) {
    const details = await call.verbs.projectDetails(project_id, MAX_UPDATES);
    if (!details.ok) return details;
    const { project } = details.value;
    const round = await call.verbs.measuredRound(project_id);
    if (!round.ok) return round;
    call.shown.noteRound(round.value);
    call.shown.noteRequests(details.value.requests);
    const ready = await readiness(call.verbs);
    return answer(
      [
        projectLine(project),
        `${workspaceText(project)}${worktreeText(details.value)}. Sent ${project.createdAt}, last changed ${project.updatedAt}.`,
        ...detailLines(details.value, round.value, call.clock.now().toISOString()),
        ...blockerQuotes([project], ready),
      ],
      {
        ...projectFacts(project),
        ...dependencyFacts(details.value.waitsFor),
        ...detailFacts(details.value, round.value),
        ...outlook(project, ready),
      },
    );
  },
});

/** Where the work is, while that is not the workspace itself. */
function worktreeText({ worktree }: ProjectDetails): string {
  return worktree && worktree.removedAt === null
    ? `, worked on in ${asCode(worktree.path)} on branch ${asCode(worktree.branch)}`
    : '';
}

const MAX_UPDATES = 5;
const EVIDENCE_BYTES = 3_000;
const COMPLETION_BYTES = 6_000;
const REASON_BYTES = 3_000;
const UPDATE_BYTES = 800;

function detailFacts(details: ProjectDetails, round: MeasuredRound): Facts {
  const { measured } = round;
  const { updates, spentUsd, runsOfUnknownCost, runs } = details;
  const { given, waiting, open, lastEnd, completion, decision, quotes, asked } = newestOf(details);
  return {
    ...(asked.length > 0 ? { questions: asked.map(requestFacts) } : {}),
    runs: runs.length,
    spent_usd: spentUsd,
    ...(runsOfUnknownCost > 0 ? { runs_of_unknown_cost: runsOfUnknownCost } : {}),
    ...(open ? { run: liveFacts(open) } : {}),
    ...(lastEnd ? { last_run_ended: lastEnd } : {}),
    ...(given.length > 0 ? { messages_given: given.length } : {}),
    ...(waiting.length > 0 ? { messages_waiting: waiting.length } : {}),
    ...(measured ? { evidence: evidenceFacts(measured, EVIDENCE_BYTES) } : {}),
    ...choiceFacts(round),
    ...(completion ? { completion: completionFacts(completion, COMPLETION_BYTES) } : {}),
    ...(decision ? { decision: decisionFacts(decision, REASON_BYTES) } : {}),
    ...(updates.length > 0 ? { updates: updates.map((update) => updateFacts(update, UPDATE_BYTES)) } : {}),
    ...(quotes ? { note: QUOTED_NOTE } : {}),
  };
}

function detailLines(details: ProjectDetails, round: MeasuredRound, now: string): (string | undefined)[] {
  const { project, updates, runs } = details;
  const costs = describeCosts({ usd: details.spentUsd, unknown: details.runsOfUnknownCost });
  const { given, waiting, open, lastEnd, completion, decision, quotes, asked } = newestOf(details);
  const waits = waitsUntil(project.notBefore, now);
  return [
    quotes ? QUOTED_NOTE : undefined,
    ...asked.flatMap(requestText),
    ...beginningLines(project, details.waitsFor),
    ...attentionLines(project),
    ...(open ? liveLines(open) : []),
    ...(lastEnd ? ['Last run:', quote(lastEnd)] : []),
    waits && `No new run before ${waits}.`,
    runs.length > 0 ? `Cost so far: ${costs} in ${plural(runs.length, 'run')}.` : undefined,
    given.length > 0 ? `Messages given to run ${open?.id}, not confirmed yet: ${given.length}.` : undefined,
    waiting.length > 0 ? `Messages not delivered yet: ${waiting.length}.` : undefined,
    ...(round.measured || round.landing ? ['', ...measuredLines(round, EVIDENCE_BYTES), ''] : []),
    ...(completion
      ? completionLines(completion, COMPLETION_BYTES, isOutline(project, completion.round))
      : []),
    decision && decisionText(decision, REASON_BYTES),
    updates.length > 0 ? 'Newest updates:' : undefined,
    ...updates.map((update) => updateText(update, UPDATE_BYTES)),
  ];
}

/** Of each kind the one that counts now. */
function newestOf(details: ProjectDetails) {
  const { project, runs, completions, decisions, updates, waitingMessages } = details;
  const open = runs.find((run) => run.endedAt === null);
  const lastEnd = open ? undefined : endOf(runs.at(-1));
  const { requests, resumeCost } = details;
  const asked = requests.filter(isUndecided).map((request) => ({ request, resumeCost }));
  const hasQuotes = lastEnd !== undefined || project.attention !== null || asked.length > 0;
  return {
    asked,
    ...sortWaiting(waitingMessages, open),
    open,
    lastEnd,
    completion: completions.at(-1),
    decision: decisions.at(-1),
    quotes: hasQuotes || open !== undefined || completions.length > 0 || updates.length > 0,
  };
}
