/** Submitted work and its decision, in words. */
import { quote } from '../../project/quotation.ts';
import type { Completion, Decision, Update } from '../../project/review.ts';
import { cleanLine } from '../../project/text.ts';
import type { Facts } from '../define-tool.ts';
import { shorten } from './quoted.ts';

/** As much of a completion as fits into `bytes`. */
export function completionFacts(completion: Completion, bytes: number): Facts {
  const { round, summary, caveats, filesCreated, filesModified, createdAt, projectId } = completion;
  return {
    round,
    submitted_at: createdAt,
    summary: shorten(summary, bytes / 2, projectId),
    ...(caveats ? { caveats: shorten(caveats, bytes / 4, projectId) } : {}),
    files_created: someFiles(filesCreated, bytes / 8),
    files_modified: someFiles(filesModified, bytes / 8),
  };
}

export function completionLines(completion: Completion, bytes: number): string[] {
  const { round, summary, caveats, filesCreated, filesModified, createdAt, projectId } = completion;
  const list = (files: readonly string[]) => someFiles(files, bytes / 8).join(', ') || 'none';
  const words = [
    shorten(summary, bytes / 2, projectId),
    `Files created: ${list(filesCreated)}`,
    `Files modified: ${list(filesModified)}`,
    ...(caveats ? [`Caveats: ${shorten(caveats, bytes / 4, projectId)}`] : []),
  ];
  return [`Submitted for round ${round} at ${createdAt}; Claude Code says:`, quote(words.join('\n'))];
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

export function decisionFacts(decision: Decision, bytes: number): Facts {
  const { round, verdict, reason, decidedBy, createdAt, projectId } = decision;
  return {
    round,
    verdict,
    ...(reason ? { reason: shorten(reason, bytes, projectId) } : {}),
    decided_by: decidedBy,
    decided_at: createdAt,
  };
}

export function decisionText(decision: Decision, bytes: number): string {
  const { round, verdict, reason, decidedBy, createdAt, projectId } = decision;
  const line = `Round ${round} was ${verdict} by ${decidedBy} at ${createdAt}`;
  return reason ? `${line}:\n${quote(shorten(reason, bytes, projectId))}` : `${line}.`;
}

export function updateFacts(update: Update, bytes: number): Facts {
  return { id: update.id, at: update.createdAt, message: shorten(update.message, bytes, update.projectId) };
}

export function updateText(update: Update, bytes: number): string {
  return quote(`${update.createdAt} ${shorten(update.message, bytes, update.projectId)}`);
}
