/** Builds the prompt of a run. Its text is in `prompts/`. */

import type { CheckResult } from '../project/evidence.ts';
import { describeOutcome } from '../project/outcome-text.ts';
import { planBody } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { asCode, inQuotes, quote } from '../project/quotation.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Run, RunKind } from '../project/run.ts';
import { fillTemplate } from '../template.ts';

export interface PromptFacts {
  readonly kind: RunKind;
  readonly project: Project;
  readonly markdown: string;
  /** Why the last round was rejected; null in the first round. */
  readonly reason: string | null;
  /** The owner's checks that failed on what was submitted in this round. */
  readonly redChecks: readonly CheckResult[];
  /** The run before this one. */
  readonly last: Run | undefined;
  /** Whether the conversation of the session contains the plan. */
  readonly remembers: boolean;
  /** The status text, for a session that remembers nothing. */
  readonly record: string;
  readonly messages: readonly SteeringMessage[];
}

/** The prompt that starts, revises or continues the work of a project. */
export function prompt(facts: PromptFacts): string {
  const { messages } = facts;
  const opened = opening(facts);
  return messages.length === 0 ? opened : `${opened}\n\n${personsWords(messages)}`;
}

function opening(facts: PromptFacts): string {
  const { kind, project, markdown, reason, last, remembers, record, redChecks } = facts;
  const execute = fillTemplate('prompts/execute.md', { title: project.title, plan: planBody(markdown) });
  const repair = redChecks.length === 0 ? '' : repairRequest(redChecks);
  const rejection =
    reason === null ? '' : `The person rejected the last submission for this reason:\n\n${reason}`;
  const request = [rejection, repair].filter((text) => text !== '').join('\n\n');
  const isNew = last === undefined && request === '';
  if (!remembers) return isNew ? execute : fillTemplate('prompts/restart.md', { execute, record, request });
  switch (kind) {
    case 'execute':
      return execute;
    case 'revise':
      return fillTemplate('prompts/revise.md', { reason: reason ?? '' });
    case 'repair':
      return repair;
    case 'resume':
      return fillTemplate('prompts/resume.md', {
        what: last?.outcome ? describeOutcome(last.outcome, inQuotes) : 'the run was lost',
        request,
      });
  }
}

function repairRequest(redChecks: readonly CheckResult[]): string {
  return fillTemplate('prompts/repair.md', { checks: redChecks.map(describeCheck).join('\n\n') });
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
