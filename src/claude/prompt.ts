/** Builds the prompt of a run. Its text is in `prompts/`. */

import type { CheckResult, Finding } from '../project/evidence.ts';
import { describeOutcome } from '../project/outcome-text.ts';
import { isOutline, opensWork } from '../project/outline.ts';
import { planBody } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { asCode, inQuotes, quote } from '../project/quotation.ts';
import type { AskedRequest } from '../project/request.ts';
import { describeCutOff, toldInPrompt } from '../project/request-text.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Run, WorkKind } from '../project/run.ts';
import { fillTemplate } from '../template.ts';
import { type RejectedWork, revisionPrompt } from './revision-prompt.ts';

export interface PromptFacts {
  readonly kind: WorkKind;
  readonly project: Project;
  readonly markdown: string;
  /** Why the last round was rejected; null in the first round. */
  readonly reason: string | null;
  /** The approved outline; null: none. */
  readonly outline: string | null;
  /** The owner's checks that failed on what was submitted in this round. */
  readonly redChecks: readonly CheckResult[];
  /** What a reviewer blocks in what was submitted in this round, if it was sent back for that. */
  readonly findings: readonly Finding[];
  /** What was decided of what earlier runs have asked, and the session does not know. */
  readonly answers: readonly AskedRequest[];
  /** Calls in which the run before was cut off, though a person had allowed them. */
  readonly cutOff: readonly AskedRequest[];
  /** The run before this one. */
  readonly last: Run | undefined;
  /** Whether the conversation of the session contains the plan. */
  readonly remembers: boolean;
  /** The status text, for a session that remembers nothing. */
  readonly record: string;
  /** What a session that was begun to revise it is told; null for any other. */
  readonly rejected: RejectedWork | null;
  readonly messages: readonly SteeringMessage[];
  /** Whether Claude's commands run in a sandbox. */
  readonly isSandboxed: boolean;
}

/** The prompt that starts, revises or continues the work of a project. */
export function prompt(facts: PromptFacts): string {
  const { messages, project, markdown, remembers } = facts;
  const words = messages.filter(({ planRevision }) => planRevision === null);
  // A session that does not know the plan is given the newest anyway.
  const isNews = remembers && words.length < messages.length;
  return [
    opening(facts),
    ...(isNews ? [amendedPlan(project.title, markdown)] : []),
    ...(words.length > 0 ? [personsWords(words)] : []),
  ].join('\n\n');
}

/** Tells a session that knows the plan of a new revision, in place of the old one. */
export function amendedPlan(title: string, markdown: string): string {
  return fillTemplate('prompts/amended.md', { title, plan: planBody(markdown) });
}

function opening(facts: PromptFacts): string {
  const { kind, project, reason, last, remembers, record } = facts;
  const execute = firstPrompt(facts);
  const repair = repairRequest(facts);
  const rejection =
    reason === null ? '' : `The person rejected the last submission for this reason:\n\n${reason}`;
  // Each run of the round that it opened is told: the one before may have ended unheard.
  const approval = opensWork(project) || !remembers ? outlineApproval(facts) : '';
  const still = isOutline(project) ? [fillTemplate('prompts/outline-still.md', {})] : [];
  const withStill = (text: string) => joined([text, ...still]);
  const told = facts.answers.map(toldInPrompt).join('\n\n');
  const request = joined([describeCutOff(facts.cutOff), approval, rejection, repair]);
  const isNew = last === undefined && request === '' && told === '';
  // Where the round has been submitted since, or has asked something, the record knows more.
  if (!remembers && facts.rejected && reason !== null && repair === '' && told === '' && !isOutline(project))
    return revisionPrompt({ execute: joined([execute, approval]), reason, ...facts.rejected });
  if (!remembers)
    return isNew
      ? execute
      : fillTemplate('prompts/restart.md', {
          execute,
          record,
          request: withStill(joined([told, request])),
        });
  switch (kind) {
    case 'outline':
      return execute;
    case 'execute':
      return approval === '' ? execute : approval;
    case 'revise': {
      const template = isOutline(project) ? 'prompts/outline-revise.md' : 'prompts/revise.md';
      return fillTemplate(template, { reason: reason ?? '' });
    }
    case 'repair':
      return repair;
    case 'answer':
      return fillTemplate('prompts/answer.md', { answers: told, request: withStill(request) });
    case 'resume':
      return fillTemplate('prompts/resume.md', {
        what: last?.outcome ? describeOutcome(last.outcome, inQuotes) : 'the run was lost',
        request: withStill(request),
      });
  }
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}

/** What a session is told first that knows nothing. */
function firstPrompt({ project, markdown, isSandboxed }: PromptFacts): string {
  const plan = { title: project.title, plan: planBody(markdown) };
  if (isOutline(project)) return fillTemplate('prompts/outline.md', plan);
  return fillTemplate('prompts/execute.md', { sandbox: isSandboxed ? IN_SANDBOX : '', ...plan });
}

/** Empty where no outline was approved. Its words are Claude's own. */
function outlineApproval({ outline }: PromptFacts): string {
  return outline === null ? '' : fillTemplate('prompts/outline-approved.md', { outline: quote(outline) });
}

const IN_SANDBOX =
  'Your commands run in a sandbox: they change only this folder and have little or no network. git cannot commit there, and need not: the supervisor keeps what you leave in the folder.';

/** Empty where nothing is to be repaired. */
function repairRequest({ redChecks, findings }: PromptFacts): string {
  if (redChecks.length > 0)
    return fillTemplate('prompts/repair.md', { checks: redChecks.map(describeCheck).join('\n\n') });
  if (findings.length === 0) return '';
  return fillTemplate('prompts/repair-findings.md', {
    findings: findings.map(describeFinding).join('\n\n'),
  });
}

/** The words of the reviewer as a quotation. */
function describeFinding({ path, text }: Finding): string {
  const where = path === undefined ? 'Of the work as a whole' : `Of ${asCode(path)}`;
  return `${where}:\n\n${quote(text)}`;
}

/** How a check ended, and its last words as a quotation. */
function describeCheck(check: CheckResult): string {
  const { name, outputTail } = check;
  const words = outputTail.trim() === '' ? 'It printed nothing.' : quote(outputTail);
  return `Check ${asCode(name)}: ${describeEnd(check)}\n\n${words}`;
}

function describeEnd({ exitCode, signal, timedOut, failure }: CheckResult): string {
  if (failure !== null) return `it could not be started: ${inQuotes(failure)}`;
  if (timedOut) return 'it took too long';
  return exitCode === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${exitCode}`;
}

/**
 * The messages of the person, below a line of ours. Claude runs a message that begins with `/` as a command or a skill,
 * or keeps it for the next turn: `/clear`, `/srv/data is read-only` (seen in 2.1.197 and 2.1.329).
 */
export function personsWords(messages: readonly Pick<SteeringMessage, 'message'>[]): string {
  return ['Messages from the person for you:', ...messages.map(({ message }) => message)].join('\n\n');
}
