/** Submitted work and its decision, in words. */
import { quote } from '../../project/quotation.ts';
import type { Completion, Decision, Update } from '../../project/review.ts';
import { cleanLine } from '../../project/text.ts';
import { toWireDecision, toWireSubmission, toWireUpdate } from '../../wire/round.ts';
import type { ToolDecision, ToolRound, ToolUpdate } from '../../wire/schemas/tool-nouns.ts';
import { shorten } from './quoted.ts';

/** As much of a completion as fits into `bytes`. */
export function completionFacts(completion: Completion, bytes: number): ToolRound {
  const { projectId } = completion;
  const { round, attempt, submitted_at, summary, caveats, files_created, files_modified } =
    toWireSubmission(completion);
  return {
    round,
    attempt,
    submitted_at,
    summary: shorten(summary, bytes / 2, projectId),
    ...(caveats ? { caveats: shorten(caveats, bytes / 4, projectId) } : {}),
    files_created: someFiles(files_created, bytes / 8),
    files_modified: someFiles(files_modified, bytes / 8),
  };
}

export function completionLines(completion: Completion, bytes: number, isOutline: boolean): string[] {
  const { round, summary, caveats, filesCreated, filesModified, createdAt, projectId } = completion;
  const list = (files: readonly string[]) => someFiles(files, bytes / 8).join(', ') || 'none';
  const words = [
    shorten(summary, bytes / 2, projectId),
    `Files created: ${list(filesCreated)}`,
    `Files modified: ${list(filesModified)}`,
    ...(caveats ? [`Caveats: ${shorten(caveats, bytes / 4, projectId)}`] : []),
  ];
  const what = isOutline ? 'Outline, and no work, submitted' : 'Submitted';
  return [`${what} for round ${round} at ${createdAt}; Claude Code says:`, quote(words.join('\n'))];
}

/** Names that fit into `bytes`, and how many there are besides. */
function someFiles(names: readonly string[], bytes: number): string[] {
  const files = names.map(cleanLine);
  let used = 0;
  const beyond = files.findIndex((file) => {
    used += Buffer.byteLength(JSON.stringify(file)) + 2;
    return used > bytes;
  });
  return beyond < 0 ? files : [...files.slice(0, beyond), `and ${files.length - beyond} more`];
}

/** @param bytes Room for the reason; without it the reason is left out. */
export function decisionFacts(decision: Decision, bytes = 0): ToolDecision {
  const { reason, ...facts } = toWireDecision(decision);
  return {
    round: decision.round,
    ...facts,
    ...(reason && bytes > 0 ? { reason: shorten(reason, bytes, decision.projectId) } : {}),
  };
}

export function decisionText(decision: Decision, bytes: number): string {
  const { round, verdict, reason, decidedBy, createdAt, projectId } = decision;
  const line = `Round ${round} was ${verdict} by ${decidedBy} at ${createdAt}`;
  return reason ? `${line}:\n${quote(shorten(reason, bytes, projectId))}` : `${line}.`;
}

export function updateFacts(update: Update, bytes: number): ToolUpdate {
  const { id, message, created_at } = toWireUpdate(update);
  return { id, created_at, message: shorten(message, bytes, update.projectId) };
}

export function updateText(update: Update, bytes: number): string {
  return quote(`${update.createdAt} ${shorten(update.message, bytes, update.projectId)}`);
}
