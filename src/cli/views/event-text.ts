/** One event of the history as a person reads it: a word to look for, and what it says. */
import { dollars } from '../../project/costs.ts';
import {
  type EventData,
  type EventTable,
  type HistoryEvent,
  present,
  type UnknownEvent,
} from '../../project/event.ts';
import { summarizeEvidence } from '../../project/evidence-text.ts';
import { describeCounts } from '../../project/graph.ts';
import { importedRecord } from '../../project/imported.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { nameOfRound } from '../../project/outline.ts';
import { inQuotes } from '../../project/quotation.ts';
import { describeDecision } from '../../project/request-text.ts';
import { plural } from '../../project/text.ts';
import { dateAndTime, upcoming } from '../terminal/time.ts';

export interface EventText {
  readonly word: string;
  /** May have several lines, and holds what people and models wrote: it is not yet fit for a terminal. */
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain' | 'faint';
}

/** An event that is not known here is shown as it is stored. */
export function eventText(event: HistoryEvent, now: Date): EventText {
  return present(event, texts(now), unknownText);
}

function texts(now: Date): EventTable<EventText> {
  return {
    'project.sent': ({ title, workspace }) => plain('sent', `${title} (${workspace})`),
    'project.imported': ({ title, was, ...counts }) =>
      plain('imported', `${title}, ${inQuotes(was)} there. ${importedRecord(counts)}`),
    'project.moved': ({ from, to }) =>
      plain('moved', `its workspace leads to ${to} now, no longer to ${from}`),
    'project.claimed': ({ by }) =>
      plain('claimed', `by ${by === 'code' ? "a person's own Claude Code" : 'the supervisor'}`),
    'project.updated': ({ message }) => plain('update', message),
    'project.submitted': ({ round, summary, outline }) =>
      good('submitted', `${nameOfRound(round, outline)}: ${summary}`),
    'project.checking': ({ check, number, of }) => faint('checks', `${check}, ${number} of ${of}`),
    'project.verified': (data) => {
      const text = `round ${data.round}: ${summarizeEvidence(data)}`;
      return data.measured && data.checksPassed !== false ? good('measured', text) : bad('measured', text);
    },
    'project.checks_failed': ({ round, failed, repair }) =>
      bad('checks', `round ${round}: ${failed.join(', ')} failed; repair ${repair} begins`),
    'project.findings_sent_back': ({ round, findings, repair }) =>
      bad(
        'review',
        `round ${round}: a reviewer objects to ${plural(findings, 'thing')}; repair ${repair} begins`,
      ),
    'project.approved': ({ round }, { actor }) => good('approved', `round ${round}, by ${actor}`),
    'project.outline_approved': ({ round }, { actor }) =>
      good('outline', `outline of round ${round} approved by ${actor}; round ${round + 1} begins the work`),
    'project.rejected': ({ round, reason, allowed = [], outline }, { actor }) =>
      bad(
        'rejected',
        `${nameOfRound(round, outline)}, by ${actor}${allowed.map((rule) => `, allowing ${rule}`).join('')}: ${reason}`,
      ),
    'project.revision_started': ({ round }) => plain('revision', `round ${round} starts`),
    'project.landed': ({ round, target, oid }) => good('landed', `round ${round} on ${target}, as ${oid}`),
    'project.completed': () => good('complete', 'done'),
    'project.cancelled': ({ reason }, { actor }) =>
      bad('cancelled', reason ? `by ${actor}: ${reason}` : `by ${actor}`),
    'project.amended': ({ revision }, { actor }) =>
      plain('amended', `revision ${revision} of the plan, by ${actor}`),
    'project.expired': ({ expiresAt }) => bad('expired', `not begun by ${dateAndTime(expiresAt)}; cancelled`),
    'project.steered': ({ message }, { actor }) => plain('message', `from ${actor}: ${message}`),
    'project.steering_delivered': () => faint('message', 'Claude has read it'),
    'project.needs_attention': ({ reason }) => bad('attention', reason),
    'project.retried': ({ budgetUsd }, { actor }) =>
      plain(
        'retry',
        `back in the queue, by ${actor}${budgetUsd === undefined ? '' : `, budget ${dollars(budgetUsd)}`}`,
      ),
    'request.opened': ({ requestId, kind, what }) => bad('asks', `${kind} ${requestId}: ${what}`),
    'request.decided': ({ requestId, kind, answer, by, ...decided }) =>
      good(
        'decided',
        `${kind} ${requestId} ${describeDecision(decided)} by ${by}${answer === null ? '' : `: ${answer}`}`,
      ),
    'request.cut_off': ({ requestId, tool }) =>
      plain('request', `${requestId} cut off: ${tool} may have been made, or not`),
    'request.closed': ({ requestId, state }) => faint('request', `${requestId} ${state}`),
    'project.asked': ({ requests }) => bad('waits', `for an answer to ${requests.join(', ')}`),
    'project.answered': () => plain('answered', 'it goes on'),
    'schedule.added': ({ title, cron, timezone }) => plain('schedule', `${title}: ${cron} (${timezone})`),
    'schedule.amended': ({ title, cron, timezone }) =>
      plain('schedule', `${title} is amended: ${cron} (${timezone})`),
    'schedule.changed': ({ title, state }) => plain('schedule', `${title} is ${state}`),
    'schedule.skipped': ({ title, slot, cause, detail }) =>
      bad(
        'schedule',
        cause === 'open'
          ? `${title}: ${dateAndTime(slot)} skipped, since project ${detail} is open`
          : `${title}: ${dateAndTime(slot)} skipped, and it is paused: ${detail}`,
      ),
    'worktree.added': ({ path, branch }) => faint('worktree', `${path}, branch ${branch}`),
    'worktree.removed': ({ path, branch }) => faint('worktree', `${path} removed; its branch was ${branch}`),
    'run.started': ({ kind, round }, { runId }) => plain('run', `${kind} run ${runId ?? ''}, round ${round}`),
    'run.spawned': ({ pid }) => faint('run', `claude started, pid ${pid}`),
    'run.ready': ({ claudeVersion, model }) => faint('run', `claude ${claudeVersion} is ready with ${model}`),
    'run.ended': runEnded,
    'runs.output_removed': ({ runs, files, mb }) =>
      faint('cleanup', `output of ${runs} ended runs removed: ${files} files, ${mb} MB`),
    'hold.set': ({ kind, reason, until }) =>
      bad('hold', `${kind}: ${reason}${until === null ? '' : `, until ${upcoming(until, now)}`}`),
    'hold.ended': ({ kind }) => plain('hold', `${kind} ended`),
    'channel.cleared': ({ channel, messages }) =>
      plain('channel', `${channel} cleared of ${plural(messages, 'message')}`),
    'script.started': ({ scriptRunId, script }) => plain('script', `${script} started (${scriptRunId})`),
    'script.ended': ({ scriptRunId, script, state, exitCode }) => {
      const text = `${script} ${state}${exitCode === null ? '' : `, exit code ${exitCode}`} (${scriptRunId})`;
      return state === 'ended' && exitCode === 0 ? plain('script', text) : bad('script', text);
    },
    'memory.set': ({ key, version, bytes }) =>
      plain('memory', `${key} set, version ${version}, ${plural(bytes, 'byte')}`),
    'memory.deleted': ({ key, version }) => plain('memory', `${key} deleted, version ${version}`),
    'memory.graph_added': (counts) => plain('memory', `${describeCounts(counts)} added to the graph`),
    'memory.graph_deleted': (counts) => plain('memory', `${describeCounts(counts)} deleted from the graph`),
    'credential.added': ({ name, role, kind = 'token' }) =>
      plain(kind, `${name} ${kind === 'browser' ? 'signed in' : 'added'}, role ${role}`),
    'credential.rotated': ({ name }) => plain('token', `${name} rotated`),
    'credential.revoked': ({ name }) => plain('token', `${name} revoked`),
    'credential.expired': ({ name }) => plain('token', `${name} expired`),
    'device.added': ({ name }) => plain('browser', `${name} is notified by push`),
    'device.removed': ({ name, reason }) =>
      plain(
        'browser',
        `${name} is notified no more${reason === 'gone' ? ': its push service knows it no more' : ''}`,
      ),
    'supervisor.started': ({ pid, version }) =>
      plain('supervisor', `started, pid ${pid}, version ${version}`),
    'supervisor.stop_requested': () => plain('supervisor', 'asked to stop'),
    'supervisor.stopped': () => plain('supervisor', 'stopped'),
  };
}

function runEnded({ outcome, costUsd }: EventData<'run.ended'>): EventText {
  const cost = costUsd === null ? 'cost unknown' : dollars(costUsd);
  const text = `ended: ${describeOutcome(outcome)} (${cost})`;
  return outcome.kind === 'submitted' || outcome.kind === 'reviewed' ? plain('run', text) : bad('run', text);
}

function unknownText({ raw }: UnknownEvent): EventText {
  return faint(raw.type, JSON.stringify(raw.data));
}

function good(word: string, text: string): EventText {
  return { word, text, tone: 'good' };
}

function bad(word: string, text: string): EventText {
  return { word, text, tone: 'bad' };
}

function plain(word: string, text: string): EventText {
  return { word, text, tone: 'plain' };
}

function faint(word: string, text: string): EventText {
  return { word, text, tone: 'faint' };
}
