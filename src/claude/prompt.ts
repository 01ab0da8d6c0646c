/** Builds the prompt of a run. Its text is in `prompts/`. */

import { describeOutcome } from '../project/outcome-text.ts';
import { planBody } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { inQuotes } from '../project/quotation.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Run, RunKind } from '../project/run.ts';
import { fillTemplate } from '../template.ts';

export interface PromptFacts {
  readonly kind: RunKind;
  readonly project: Project;
  readonly markdown: string;
  /** Why the last round was rejected; null in the first round. */
  readonly reason: string | null;
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

function opening({ kind, project, markdown, reason, last, remembers, record }: PromptFacts): string {
  const execute = fillTemplate('prompts/execute.md', { title: project.title, plan: planBody(markdown) });
  const request =
    reason === null ? '' : `The person rejected the last submission for this reason:\n\n${reason}`;
  const isNew = last === undefined && reason === null;
  if (!remembers) return isNew ? execute : fillTemplate('prompts/restart.md', { execute, record, request });
  switch (kind) {
    case 'execute':
      return execute;
    case 'revise':
      return fillTemplate('prompts/revise.md', { reason: reason ?? '' });
    case 'resume':
      return fillTemplate('prompts/resume.md', {
        what: last?.outcome ? describeOutcome(last.outcome, inQuotes) : 'the run was lost',
        request,
      });
  }
}

/**
 * The messages of the person, below a line of ours. Claude runs a message that begins with `/` as a command or a skill,
 * or keeps it for the next turn: `/clear`, `/srv/data is read-only` (seen in 2.1.197 and 2.1.329).
 */
export function personsWords(messages: readonly Pick<SteeringMessage, 'message'>[]): string {
  return ['Messages from the person for you:', ...messages.map(({ message }) => message)].join('\n\n');
}
