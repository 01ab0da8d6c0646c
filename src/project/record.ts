/** The lines of `status/<id>_status.md`: a project's history in words, for people. The store is the truth. */
import type { Project } from './project.ts';
import type { Completion } from './review.ts';
import { describeOutcome, type Outcome } from './run.ts';

export function recordHeading(project: Project): string {
  return `# ${project.title}\n\nProject ${project.id}, workspace ${project.workspace}, sent ${project.createdAt}\n\n`;
}

/** One timestamped line; the lines of a longer text stand side by side. */
function recordLine(at: string, text: string): string {
  const lines = text.split(/[\n\r\u2028\u2029]/).map((line) => line.trim());
  return `- ${at} ${lines.filter((line) => line !== '').join(' / ')}\n`;
}

/** What the history keeps of one change, as far as the record tells it. */
export interface HistoryEntry {
  readonly type: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** What the record says about a change: a line, or, of submitted work, its block; empty for what only machines need. */
export function recordEntry({ type, actor, data, createdAt }: HistoryEntry, completion?: Completion): string {
  const line = (text: string) => recordLine(createdAt, text);
  const after = (words: string, text: unknown) => (text ? `${words}: ${text}` : words);
  switch (type) {
    case 'project.sent':
      return line('Plan sent');
    case 'project.updated':
      return line(`${data.message}`);
    case 'project.submitted':
      return completion ? completionBlock(completion) : '';
    case 'project.approved':
    case 'project.rejected':
      return line(after(`Round ${data.round} ${type.slice('project.'.length)} by ${actor}`, data.reason));
    case 'project.steered':
      return line(`Message from the person: ${data.message}`);
    case 'project.cancelled':
      return line(after(`Cancelled by ${actor}`, data.reason));
    case 'project.retried':
      return line(`Put back into the queue by ${actor}`);
    case 'project.needs_attention':
      return line(`Needs attention: ${data.reason}`);
    case 'project.completed':
      return line('Complete');
    case 'run.ended':
      return endOfRun(data.outcome as Outcome, line);
    default:
      return '';
  }
}

/** Work that was submitted has its own block. */
function endOfRun(outcome: Outcome, line: (text: string) => string): string {
  return outcome.kind === 'submitted' ? '' : line(`Run ended: ${describeOutcome(outcome)}`);
}

/** The block that closes a round. */
function completionBlock(completion: Completion): string {
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
