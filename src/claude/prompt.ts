/** What Claude is told when a run starts. The words are in `prompts/`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planBody } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import type { SteeringMessage } from '../project/review.ts';
import { describeOutcome, type Run, type RunKind } from '../project/run.ts';

export interface PromptFacts {
  readonly kind: RunKind;
  readonly project: Project;
  readonly markdown: string;
  /** Why the last round was rejected; null in the first round. */
  readonly reason: string | null;
  /** The run before this one. */
  readonly last: Run | undefined;
  /** The session has a conversation that knows the plan. */
  readonly remembers: boolean;
  /** What a session that remembers nothing is told instead: the record in words. */
  readonly record: string;
  readonly messages: readonly SteeringMessage[];
}

export function prompt(facts: PromptFacts): string {
  return [opening(facts), ...steering(facts.messages)].join('\n\n');
}

function opening({ kind, project, markdown, reason, last, remembers, record }: PromptFacts): string {
  const execute = fill('execute', { title: project.title, plan: planBody(markdown) });
  const request =
    reason === null ? '' : `The person rejected the last submission for this reason:\n\n${reason}`;
  const isNew = last === undefined && reason === null;
  if (!remembers) return isNew ? execute : fill('restart', { execute, record, request });
  switch (kind) {
    case 'execute':
      return execute;
    case 'revise':
      return fill('revise', { reason: reason ?? '' });
    case 'resume':
      return fill('resume', {
        what: last?.outcome ? describeOutcome(last.outcome) : 'the run was lost',
        request,
      });
  }
}

function steering(messages: readonly SteeringMessage[]): string[] {
  if (messages.length === 0) return [];
  return ['Messages from the person for you:', ...messages.map(({ message }) => message)];
}

/** Values are put in as they are, a `{{…}}` in a plan too; an empty one takes the blank lines after it along. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(promptFolder(), `${template}.md`), 'utf8');
  const filled = text.replaceAll(/\{\{(\w+)\}\}(\n*)/g, (_, name: string, lines: string) =>
    values[name] ? values[name] + lines : '',
  );
  return filled.trim();
}

/** The prompts lie beside the program, wherever it was bundled or installed to. */
function promptFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const prompts = join(folder, 'prompts');
    if (existsSync(join(prompts, 'execute.md'))) return prompts;
    if (dirname(folder) === folder)
      throw new Error('the installation is incomplete: no prompts folder. Reinstall bridge-supervisor');
  }
}
