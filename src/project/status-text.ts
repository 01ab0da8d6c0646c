/**
 * The lines of `status/<id>_status.md`: a project's history in words, for people. The store is the truth. What others
 * wrote is quoted, so that each line that begins with `- ` and a time is ours.
 */
import { linesOf } from '../characters.ts';
import type { Outcome } from './outcome.ts';
import { describeOutcome } from './outcome-text.ts';
import type { Project } from './project.ts';
import { asCode, inert, inQuotes, quote } from './quotation.ts';
import type { Completion } from './review.ts';
import { cleanLine } from './text.ts';

export function recordHeading(project: Project): string {
  const title = inert(cleanLine(project.title));
  return `# ${title}\n\nProject ${project.id}, workspace ${asCode(project.workspace)}, sent ${project.createdAt}\n\n`;
}

/** A text of others as a quotation on one line; the lines of a longer one stand side by side. */
function said(text: unknown): string {
  return inert(sideBySide(`${text}`));
}

function sideBySide(text: string): string {
  const lines = linesOf(text).map((line) => line.trim());
  return inQuotes(lines.filter((line) => line !== '').join(' / '));
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
  const line = (text: string) => `- ${createdAt} ${cleanLine(text)}\n`;
  const after = (words: string, text: unknown) => line(text ? `${words}: ${said(text)}` : words);
  switch (type) {
    case 'project.sent':
      return line('Plan sent');
    case 'project.updated':
      return after('Claude Code reports', data.message);
    case 'project.submitted':
      return completion ? completionBlock(completion) : '';
    case 'project.approved':
    case 'project.rejected':
      return after(`Round ${data.round} ${type.slice('project.'.length)} by ${actor}`, data.reason);
    case 'project.steered':
      return after('Message from the person', data.message);
    case 'project.cancelled':
      return after(`Cancelled by ${actor}`, data.reason);
    case 'project.retried':
      return line(`Put back into the queue by ${actor}`);
    case 'project.needs_attention':
      return after('Needs attention', data.reason);
    case 'project.completed':
      return line('Complete');
    case 'run.ended':
      return endOfRun(data, line);
    default:
      return '';
  }
}

/** Work that was submitted has its own block. */
function endOfRun(data: HistoryEntry['data'], line: (text: string) => string): string {
  const outcome = data.outcome as Outcome;
  const cost = data.cost_usd === null ? '; what it cost is unknown' : '';
  if (outcome.kind === 'submitted') return '';
  return line(`Run ended: ${inert(describeOutcome(outcome, sideBySide))}${cost}`);
}

/** The block that closes a round. */
function completionBlock(completion: Completion): string {
  const list = (files: readonly string[]) => (files.length === 0 ? 'none' : files.map(asCode).join(', '));
  return [
    '',
    `## Completion (round ${completion.round}, ${completion.createdAt})`,
    '',
    quote(inert(completion.summary)),
    '',
    `- Files created: ${list(completion.filesCreated)}`,
    `- Files modified: ${list(completion.filesModified)}`,
    ...(completion.caveats ? ['- Caveats:', '', quote(inert(completion.caveats))] : ['- Caveats: none']),
    '',
    '',
  ].join('\n');
}
