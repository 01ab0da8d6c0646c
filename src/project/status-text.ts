/**
 * The lines of `status/<id>_status.md`: a project's history in words, for people. The store is the truth. What others
 * wrote is quoted, so that each line that begins with `- ` and a time is ours.
 */
import { linesOf } from '../characters.ts';
import { dollars } from './costs.ts';
import { type EventData, type EventTable, type HistoryEvent, present, type UnknownEvent } from './event.ts';
import { summarizeEvidence } from './evidence-text.ts';
import { importedRecord } from './imported.ts';
import { describeOutcome } from './outcome-text.ts';
import type { Project } from './project.ts';
import { asCode, inert, inQuotes, quote } from './quotation.ts';
import { describeDecision } from './request-text.ts';
import type { Completion } from './review.ts';
import { cleanLine, plural } from './text.ts';

export function statusHeading(project: Project): string {
  const title = inert(cleanLine(project.title));
  return `# ${title}\n\nProject ${project.id}, workspace ${asCode(project.workspace)}, sent ${project.createdAt}\n\n`;
}

/** A text of others as a quotation on one line; the lines of a longer one stand side by side. */
function quotedLine(text: string): string {
  return inert(sideBySide(text));
}

function sideBySide(text: string): string {
  const lines = linesOf(text).map((line) => line.trim());
  return inQuotes(lines.filter((line) => line !== '').join(' / '));
}

/** What the file says about a change: a line, or, of submitted work, its block; empty for what only machines need. */
export function statusEntry(event: HistoryEvent, completion?: Completion): string {
  if (event.type === 'project.submitted')
    return completion ? completionBlock(completion, event.data.outline) : '';
  const text = present(event, SENTENCES, unknownSentence);
  return text === undefined ? '' : `- ${event.createdAt} ${cleanLine(text)}\n`;
}

/** How many entries of a status file have each time. Words of others never begin a line like that: they are quoted. */
export function countEntries(status: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, time = ''] of status.matchAll(ENTRY_TIME)) counts.set(time, (counts.get(time) ?? 0) + 1);
  return counts;
}

/** At the start of a line, or at the end of the heading of a block. */
const ENTRY_TIME = /^(?:- |## .*, )(\d{4}-\d\d-\d\dT[\d:.]+Z)(?: |\)\s*$)/gm;

function withWords(sentence: string, words: string): string {
  return words ? `${sentence}: ${quotedLine(words)}` : sentence;
}

function allowing(rules: readonly string[] = []): string {
  return rules.length === 0 ? '' : `, who allowed ${rules.map(asCode).join(', ')}`;
}

const none = () => undefined;

const SENTENCES: EventTable<string | undefined> = {
  'project.sent': () => 'Plan sent',
  'project.imported': ({ was, status, ...counts }) =>
    `Imported; its status there was ${inQuotes(was)}, here it is '${status}'. ${importedRecord(counts)}`,
  'project.moved': ({ to }) => withWords('Its workspace leads to another folder now', to),
  'project.claimed': none,
  'project.updated': ({ message }) => withWords('Claude Code reports', message),
  // It has its own block.
  'project.submitted': none,
  'project.checking': none,
  'project.verified': (data) => `Measured: ${summarizeEvidence(data)}`,
  'project.checks_failed': ({ failed, repair }) =>
    `Checks failed (${failed.map(asCode).join(', ')}); sent back for repair ${repair}`,
  'project.findings_sent_back': ({ findings, repair }) =>
    `A reviewer objects to ${plural(findings, 'thing')}; sent back for repair ${repair}`,
  'project.approved': ({ round, reason }, { actor }) =>
    withWords(`Round ${round} approved by ${actor}`, reason),
  'project.outline_approved': ({ round }, { actor }) =>
    `Outline of round ${round} approved by ${actor}; the work begins in round ${round + 1}`,
  'project.rejected': ({ round, reason, allowed, outline }, { actor }) =>
    withWords(
      `${outline ? `Outline of round ${round}` : `Round ${round}`} rejected by ${actor}${allowing(allowed)}`,
      reason,
    ),
  'project.revision_started': none,
  'project.landed': ({ round, target, oid }) => `Round ${round} landed on ${asCode(target)} as ${oid}`,
  'project.completed': () => 'Complete',
  'project.cancelled': ({ reason }, { actor }) => withWords(`Cancelled by ${actor}`, reason),
  'project.amended': ({ revision }, { actor }) => `Plan amended by ${actor}: revision ${revision}`,
  'project.expired': ({ expiresAt }) => `Not begun by ${expiresAt}: expired and cancelled`,
  'project.steered': ({ message }) => withWords('Message from the person', message),
  'project.steering_delivered': none,
  'project.needs_attention': ({ reason }) => withWords('Needs attention', reason),
  'project.retried': ({ budgetUsd }, { actor }) =>
    `Put back into the queue by ${actor}${budgetUsd === undefined ? '' : `, with a budget of ${dollars(budgetUsd)}`}`,
  'request.opened': ({ requestId, kind, what }) => withWords(`Claude Code asks (${kind} ${requestId})`, what),
  'request.decided': ({ requestId, kind, answer, by, ...decided }) =>
    withWords(`The ${kind} ${requestId} was ${describeDecision(decided)} by ${inert(by)}`, answer ?? ''),
  'request.cut_off': ({ requestId, tool }) =>
    `Request ${requestId}: ${tool} was allowed, and the run ended before its result was seen. It may have been made, or not.`,
  'request.closed': ({ requestId, state }) => `Request ${requestId}: ${state}`,
  'project.asked': none,
  'project.answered': none,
  'schedule.added': none,
  'schedule.amended': none,
  'schedule.changed': none,
  'schedule.skipped': none,
  'worktree.added': none,
  'worktree.removed': ({ branch }) => `Worktree removed; its branch was ${asCode(branch)}`,
  'run.started': none,
  'run.spawned': none,
  'run.ready': none,
  'run.ended': endOfRun,
  'runs.output_removed': none,
  'hold.set': none,
  'hold.ended': none,
  'channel.cleared': () => undefined,
  'script.started': ({ script }) => `Script ${asCode(script)} started`,
  'script.ended': ({ script, state, exitCode }) =>
    `Script ${asCode(script)}: ${state}${exitCode === null ? '' : `, exit code ${exitCode}`}`,
  'memory.set': none,
  'memory.deleted': none,
  'memory.graph_added': none,
  'memory.graph_deleted': none,
  'credential.added': none,
  'credential.rotated': none,
  'credential.revoked': none,
  'credential.expired': none,
  'device.added': none,
  'device.removed': none,
  'supervisor.started': none,
  'supervisor.stop_requested': none,
  'supervisor.stopped': none,
};

/** Work that was submitted has its own block. */
function endOfRun({ outcome, costUsd }: EventData<'run.ended'>): string | undefined {
  if (outcome.kind === 'submitted' || outcome.kind === 'reviewed') return undefined;
  const cost = costUsd === null ? '; what it cost is unknown' : '';
  return `Run ended: ${inert(describeOutcome(outcome, sideBySide))}${cost}`;
}

function unknownSentence({ raw }: UnknownEvent): string {
  return `${quotedLine(raw.type)} (an event of a newer version)`;
}

/** The block that closes a round. */
function completionBlock(completion: Completion, isOutline = false): string {
  const list = (files: readonly string[]) => (files.length === 0 ? 'none' : files.map(asCode).join(', '));
  return [
    '',
    `## ${isOutline ? 'Outline' : 'Completion'} (round ${completion.round}, ${completion.createdAt})`,
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
