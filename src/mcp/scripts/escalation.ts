/** An escalation in both halves of an answer: what Claude Code says is quoted, beside what was measured of it. */
import { isOutline } from '../../project/outline.ts';
import type { Project, ProjectStatus } from '../../project/project.ts';
import type { ProjectDetails } from '../../project/project-details.ts';
import { asCode, quote } from '../../project/quotation.ts';
import { isUndecided } from '../../project/request.ts';
import { cleanLine } from '../../project/text.ts';
import type { WireEscalation } from '../../wire/schemas/script-results.ts';
import type { Answer, Call } from '../define-tool.ts';
import { readiness } from '../readiness.ts';
import { evidenceFacts, measuredLines } from '../texts/evidence.ts';
import { blockersOf } from '../texts/project.ts';
import { requestFacts } from '../texts/question.ts';
import { QUOTED_NOTE, shorten } from '../texts/quoted.ts';
import { completionFacts, completionLines } from '../texts/review.ts';

const STATUSES: Readonly<Record<ProjectStatus, WireEscalation['status']>> = {
  pending: 'queued',
  in_progress: 'executing',
  awaiting_answer: 'awaiting_answer',
  verifying: 'executing',
  awaiting_approval: 'awaiting_approval',
  rejected: 'executing',
  approved: 'executing',
  complete: 'completed',
  cancelled: 'cancelled',
  attention: 'attention',
};

/** Whether nothing of it changes before a person does something, or ever. */
export function isSettled({ status }: Project): boolean {
  return !['queued', 'executing'].includes(STATUSES[status]);
}

const EVIDENCE_BYTES = 4_000;
const COMPLETION_BYTES = 8_000;
const WORDS_BYTES = 1_500;
const MAX_QUESTIONS = 3;

interface Shown {
  readonly limits?: WireEscalation['limits'];
  /** The call has waited long enough. */
  readonly timedOut?: boolean;
  readonly replayed?: boolean;
}

/** Where it stands, and its answer once that is there. Throws StoreError. */
export async function escalationAnswer(
  project: Project,
  { verbs }: Call,
  { limits, timedOut = false, replayed = false }: Shown = {},
): Promise<Answer> {
  const details = await verbs.projectDetails(project.id, 1);
  if (!details.ok) return details;
  const { project: now } = details.value;
  const questions = questionsOf(details.value);
  const status = questions.length > 0 ? 'awaiting_answer' : STATUSES[now.status];
  const round = await verbs.measuredRound(now.id);
  if (!round.ok) return round;
  const isSubmitted = status === 'completed' || status === 'awaiting_approval';
  const completion = isSubmitted ? round.value.completion : undefined;
  const measured = completion && round.value.measured;
  const ready = await readiness(verbs);
  const isWaiting = status === 'queued' || status === 'executing';
  const words = wordsOf(details.value, status);
  const next = [...(isWaiting ? blockersOf([now], ready) : []), nextStep(now, status)].join(' ').trim();
  const branch = status === 'completed' ? branchOf(details.value) : undefined;
  const hasQuote = completion !== undefined || questions.length > 0 || Object.keys(words).length > 0;
  const facts: WireEscalation = {
    operation_id: now.id,
    status,
    ...(timedOut && isWaiting ? { timed_out: true } : {}),
    ...(replayed ? { idempotent_replay: true } : {}),
    ...(limits ? { limits } : {}),
    ...(completion
      ? {
          result: shorten(completion.summary, COMPLETION_BYTES / 2, now.id),
          completion: completionFacts(completion, COMPLETION_BYTES),
        }
      : {}),
    ...(measured ? { evidence: evidenceFacts(measured, EVIDENCE_BYTES) } : {}),
    ...(branch === undefined ? {} : { branch }),
    ...words,
    ...(questions.length > 0 ? { questions } : {}),
    ...(details.value.runs.length > 0 ? { spent_usd: details.value.spentUsd } : {}),
    ...(isWaiting ? { supervisor: ready.supervisor } : {}),
    ...(next === '' ? {} : { next }),
    ...(hasQuote ? { note: QUOTED_NOTE } : {}),
  };
  const lines = [
    `Operation ${now.id}: ${status}${facts.timed_out ? ', and not done before this call ended' : ''}.`,
    ...(replayed ? ['This key was used before: it is the same operation, and nothing was sent now.'] : []),
    ...(limits ? [`Limits: ${limitsText(limits)}.`] : []),
    ...(hasQuote ? [QUOTED_NOTE] : []),
    ...Object.entries(words).flatMap(([name, text]) => [`${name}:`, quote(text), '']),
    ...questions.flatMap((asked) => [
      `It asks (${asked.request_id}):`,
      quote(asked.question ?? `${asked.tool_name}: ${asked.input}`),
      '',
    ]),
    ...(completion
      ? [...completionLines(completion, COMPLETION_BYTES, isOutline(now, completion.round)), '']
      : []),
    ...(completion ? measuredLines(round.value, EVIDENCE_BYTES) : []),
    ...(branch === undefined ? [] : [`Its changes are on the branch ${asCode(branch)}.`]),
    ...(next === '' ? [] : ['', `Next: ${next}`]),
  ];
  return { ok: true, text: lines.join('\n').trimEnd(), facts: { ...facts } };
}

/** Words of others that belong to its status. */
function wordsOf(
  { project, updates }: ProjectDetails,
  status: WireEscalation['status'],
): Pick<WireEscalation, 'progress' | 'attention'> {
  const brief = (text: string) => shorten(text, WORDS_BYTES, project.id);
  if (status === 'attention' && project.attention !== null) return { attention: brief(project.attention) };
  const newest = updates.at(-1)?.message;
  return status === 'executing' && newest !== undefined ? { progress: brief(newest) } : {};
}

function questionsOf({ requests, resumeCost }: ProjectDetails) {
  return requests
    .filter(isUndecided)
    .slice(0, MAX_QUESTIONS)
    .map((request) => requestFacts({ request, resumeCost }));
}

/** Where its work landed; undefined: it changed nothing in a repository, or was done in place. */
function branchOf({ landings }: ProjectDetails): string | undefined {
  const landed = landings.findLast(({ outcome }) => outcome === 'landed');
  return landed && cleanLine(landed.target.replace(/^refs\/heads\//, ''));
}

function limitsText({ permission_scope, max_budget_usd, timeout }: NonNullable<Shown['limits']>): string {
  return [
    `permission scope ${permission_scope}`,
    ...(max_budget_usd === undefined ? [] : [`$${max_budget_usd}`]),
    ...(timeout === undefined ? [] : [`${timeout} s a run`]),
  ].join(', ');
}

function nextStep({ id }: Project, status: WireEscalation['status']): string {
  switch (status) {
    case 'queued':
    case 'executing':
      return `It goes on without this call: ask again with get_operation_status and operation_id ${id}.`;
    case 'awaiting_answer':
      return `Tell the person: they answer with \`bridge-supervisor questions\`, or in Claude Desktop. Then ask again.`;
    case 'awaiting_approval':
      return `Tell the person: they decide with \`bridge-supervisor approve ${id}\` or \`reject\`. Then ask again.`;
    case 'attention':
      return `Tell the person: \`bridge-supervisor show ${id}\`, then \`retry\` or \`cancel\`.`;
    case 'completed':
    case 'cancelled':
      return '';
  }
}
