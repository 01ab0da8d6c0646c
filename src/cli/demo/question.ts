/** Claude asks in the middle of its work, and the person answers in Desktop. */
import { SelftestError } from '../../selftest/selftest-error.ts';
import { TOOL_RESULTS } from '../../wire/schemas/tool-results.ts';
import { plainLines } from '../terminal/text.ts';
import type { Work } from './steps.ts';
import { ANSWER } from './work.ts';

/** Ends when the first round is submitted, with the answer in it. */
export async function question({ reporter, events, desktop, projectId, signal }: Work): Promise<void> {
  reporter.step('Claude asks, and you answer');
  const shown = TOOL_RESULTS.bridge_get_questions.parse(
    await desktop.call('bridge_get_questions', { project_id: projectId }, signal),
  );
  const [asked, ...others] = shown.questions;
  if (asked?.question === undefined || others.length > 0)
    throw new SelftestError(`expected 1 question, Desktop shows ${shown.questions.length}`);
  const { request_id, question: words, options = [] } = asked;
  const lines = [...plainLines(words), ...options.map((option) => `- ${option}`)];
  reporter.say('Desktop', 'shows you what Claude asks, while it waits:', { kind: 'text', lines });
  await reporter.pause(signal);
  reporter.say('Desktop', `calls bridge_answer: ${ANSWER}`);
  await desktop.call('bridge_answer', { request_id, answer: ANSWER }, signal);
  await events.until('project.submitted');
}
