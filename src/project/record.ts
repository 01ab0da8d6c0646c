/** The lines of `status/<id>_status.md`: a project's history in words, for people. The store is the truth. */
import type { Project } from './project.ts';
import type { Completion, Decision, Update } from './review.ts';

export function recordHeading(project: Project): string {
  return `# ${project.title}\n\nProject ${project.id}, workspace ${project.workspace}, sent ${project.createdAt}\n\n`;
}

/** One timestamped line; the lines of a longer text stand side by side. */
export function recordLine(at: string, text: string): string {
  const lines = text.split(/[\n\r\u2028\u2029]/).map((line) => line.trim());
  return `- ${at} ${lines.filter((line) => line !== '').join(' / ')}\n`;
}

export function updateLine(update: Update): string {
  return recordLine(update.createdAt, update.message);
}

export function decisionLine(decision: Decision): string {
  const reason = decision.reason ? `: ${decision.reason}` : '';
  return recordLine(
    decision.createdAt,
    `Round ${decision.round} ${decision.verdict} by ${decision.decidedBy}${reason}`,
  );
}

/** The block that closes a round. */
export function completionBlock(completion: Completion): string {
  const list = (files: readonly string[]) =>
    files.length === 0 ? 'none' : files.map((file) => `\`${file}\``).join(', ');
  return [
    '',
    `## Completion (round ${completion.round}, ${completion.createdAt})`,
    '',
    completion.summary,
    '',
    `- Files created: ${list(completion.filesCreated)}`,
    `- Files modified: ${list(completion.filesModified)}`,
    `- Caveats: ${completion.caveats || 'none'}`,
    '',
    '',
  ].join('\n');
}
