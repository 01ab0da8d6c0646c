/** One line of history in words. */
import { dollars } from '../../project/costs.ts';
import { type EventTable, type HistoryEvent, present, type UnknownEvent } from '../../project/event.ts';
import { summarizeEvidence } from '../../project/evidence-text.ts';
import { describeCounts } from '../../project/graph.ts';
import { importedRecord } from '../../project/imported.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { nameOfRound } from '../../project/outline.ts';
import { asCode, inQuotes } from '../../project/quotation.ts';
import { describeDecision } from '../../project/request-text.ts';
import { cleanLine, plural } from '../../project/text.ts';
import { shorten } from './quoted.ts';

interface EventDescription {
  readonly message: string;
  /** Words of Claude Code, of the person or of a program that belong to it. */
  readonly quote: string | undefined;
}

const MAX_QUOTE_BYTES = 1_500;

export function describeEvent(event: HistoryEvent): EventDescription {
  const [message, quote = ''] = present(event, DESCRIPTIONS, describeUnknown);
  return {
    message,
    quote: quote === '' ? undefined : shorten(quote, MAX_QUOTE_BYTES, event.projectId ?? ''),
  };
}

const DESCRIPTIONS: EventTable<readonly [message: string, quote?: string]> = {
  'project.sent': () => ['the plan was sent'],
  'project.imported': ({ was, ...counts }) => [
    `it was imported; its status there was ${inQuotes(was)}. ${importedRecord(counts)}`,
  ],
  'project.moved': ({ to }) => ['its workspace leads to another folder now', to],
  'project.claimed': ({ by }) => [
    by === 'code' ? "claimed by a person's own Claude Code session" : 'claimed by the supervisor',
  ],
  'project.updated': ({ message }) => ['Claude Code reports', message],
  // By hand nobody measures it.
  'project.submitted': ({ round, summary, outline }, { runId }) => [
    `${outline ? 'outline' : 'work'} submitted for round ${round}${runId === null ? '; waiting for approval' : ''}`,
    summary,
  ],
  'project.checking': ({ check, number, of }) => [`check ${number} of ${of} began`, check],
  'project.verified': (data) => [`round ${data.round}: ${summarizeEvidence(data)}; waiting for approval`],
  'project.checks_failed': ({ round, failed, repair }) => [
    `checks failed for round ${round}; repair ${repair} begins`,
    failed.join(', '),
  ],
  'project.findings_sent_back': ({ round, findings, repair }) => [
    `a reviewer objects to ${plural(findings, 'thing')} in round ${round}; repair ${repair} begins`,
  ],
  'project.approved': ({ round }, { actor }) => [`round ${round} approved by ${actor}`],
  'project.outline_approved': ({ round }, { actor }) => [
    `outline of round ${round} approved by ${actor}; nothing landed, and the work begins in round ${round + 1}`,
  ],
  'project.rejected': ({ round, reason, allowed = [], outline }, { actor }) => [
    `${nameOfRound(round, outline)} rejected by ${actor}${allowed.length > 0 ? `, who allowed ${allowed.map(asCode).join(', ')}` : ''}`,
    reason,
  ],
  'project.revision_started': ({ round }) => [`round ${round} started`],
  'project.landed': ({ round, target, oid }) => [`round ${round} landed as ${oid}`, target],
  'project.completed': () => ['completed'],
  'project.cancelled': ({ reason }, { actor }) => [`cancelled by ${actor}`, reason],
  'project.amended': ({ revision }, { actor }) => [`plan amended by ${actor}: revision ${revision}`],
  'project.expired': ({ expiresAt }) => [`not begun by ${expiresAt}: expired and cancelled`],
  'project.steered': ({ message }, { actor }) => [`message from ${actor}`, message],
  'project.steering_delivered': () => ['Claude Code received a message'],
  'project.needs_attention': ({ reason }) => ['needs attention', reason],
  'project.retried': ({ budgetUsd }, { actor }) => [
    `put back into the queue by ${actor}${budgetUsd === undefined ? '' : `, with a budget of ${dollars(budgetUsd)}`}`,
  ],
  'request.opened': ({ requestId, kind, what }) => [`Claude Code asks (${kind} ${requestId})`, what],
  'request.decided': ({ requestId, kind, answer, by, ...decided }) => [
    `${kind} ${requestId} ${describeDecision(decided)} by ${by}`,
    answer ?? '',
  ],
  'request.cut_off': ({ requestId }) => [
    `request ${requestId}: the call was allowed, and the run ended before its result was seen; it may have been made, or not`,
  ],
  'request.closed': ({ requestId, state }) => [`request ${requestId}: ${state}`],
  'project.asked': ({ requests }) => [`waits for an answer to ${requests.join(', ')}`],
  'project.answered': () => ['goes on with the answer'],
  'schedule.added': ({ scheduleId, cron, timezone }) => [
    `schedule ${scheduleId} added (${cron}, ${timezone})`,
  ],
  'schedule.amended': ({ scheduleId, cron, timezone }) => [
    `schedule ${scheduleId} amended (${cron}, ${timezone})`,
  ],
  'schedule.changed': ({ scheduleId, state }) => [`schedule ${scheduleId} is ${state}`],
  'schedule.skipped': ({ scheduleId, slot, cause, detail }) => [
    cause === 'open'
      ? `schedule ${scheduleId} skipped ${slot}: project ${detail} is still open`
      : `schedule ${scheduleId} skipped ${slot} and is paused: its plan is not accepted any more`,
    cause === 'open' ? '' : detail,
  ],
  'worktree.added': ({ branch }) => ['worktree made', branch],
  'worktree.removed': ({ branch }) => ['worktree removed', branch],
  'run.started': () => ['run started'],
  'run.spawned': () => ['Claude Code started'],
  'run.ready': () => ['Claude Code is ready'],
  'run.ended': ({ outcome }) => ['run ended', describeOutcome(outcome)],
  'runs.output_removed': () => ['old output of runs removed'],
  'hold.set': ({ kind, reason }) => [`no new run starts (${kind})`, reason],
  'hold.ended': ({ kind }) => [`hold ended (${kind})`],
  'channel.cleared': ({ channel, messages }) => [
    `channel cleared of ${plural(messages, 'message')}`,
    channel,
  ],
  'script.started': ({ scriptRunId, script }) => [`script run ${scriptRunId} started`, script],
  'script.ended': ({ scriptRunId, script, state, exitCode }) => [
    `script run ${scriptRunId} ${state}${exitCode === null ? '' : ` with exit code ${exitCode}`}`,
    script,
  ],
  'memory.set': ({ key, version }) => [`memory set, version ${version}`, key],
  'memory.deleted': ({ key, version }) => [`deleted from the memory, version ${version}`, key],
  'memory.graph_added': (counts) => [`added to the graph: ${describeCounts(counts)}`],
  'memory.graph_deleted': (counts) => [`deleted from the graph: ${describeCounts(counts)}`],
  'credential.added': ({ name, kind }) => [kind === 'browser' ? 'browser signed in' : 'token added', name],
  'credential.rotated': ({ name }) => ['token rotated', name],
  'credential.revoked': ({ name }) => ['access revoked', name],
  'credential.expired': ({ name }) => ['browser signed out: its time was over', name],
  'device.added': ({ name }) => ['notified by push', name],
  'device.removed': ({ name, reason }) => [
    reason === 'gone' ? 'notified no more: its push service knows it no more' : 'notified no more',
    name,
  ],
  'supervisor.started': () => ['supervisor started'],
  'supervisor.stop_requested': () => ['supervisor asked to stop'],
  'supervisor.stopped': () => ['supervisor stopped'],
};

/** The names of events are words. */
function describeUnknown({ raw }: UnknownEvent): readonly [string] {
  return [cleanLine(raw.type).replaceAll(/[._]/g, ' ')];
}
