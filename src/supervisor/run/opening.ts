/** The first message of a run: its prompt, built from what the claim has read. */

import type { StartedRun } from '../../bridge/claim.ts';
import { userMessage } from '../../claude/input.ts';
import { prompt } from '../../claude/prompt.ts';
import type { Run } from '../../project/run.ts';

/**
 * The line to write to the input of Claude.
 *
 * @param remembers Whether the session knows the plan.
 */
export function openingMessage(started: StartedRun, remembers: boolean): string {
  const { run, project, earlier, briefing } = started;
  const text = prompt({ ...briefing, project, kind: run.kind, last: earlier.at(-1), remembers });
  return userMessage(text, promptId(run));
}

/** The id under which Claude echoes the prompt of a run. It is derived from the run, so a successor knows it too. */
export function promptId(run: Run): string {
  return `00000000-0000-4000-8000-${run.id}`;
}
