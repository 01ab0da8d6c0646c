/** One event of the history as a person reads it: a word to look for, and what it says. */
import type { BridgeEvent } from '../../bridge/queries.ts';
import { dollars } from '../../project/costs.ts';
import type { Outcome } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { upcoming } from '../terminal/time.ts';

export interface EventText {
  readonly word: string;
  /** May have several lines, and holds what people and models wrote: it is not yet fit for a terminal. */
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain' | 'faint';
}

/** An event of a kind that is not known here is shown as it was stored. */
export function eventText(event: BridgeEvent, now: Date): EventText {
  const { data, type } = event;
  const word = (key: string) => String(data[key] ?? '');
  switch (type) {
    case 'project.sent':
      return plain('sent', `${word('title')} (${word('workspace')})`);
    case 'project.claimed':
      return plain(
        'claimed',
        `by ${word('by') === 'code' ? "a person's own Claude Code" : 'the supervisor'}`,
      );
    case 'project.updated':
      return plain('update', word('message'));
    case 'project.submitted':
      return { word: 'submitted', text: `round ${word('round')}: ${word('summary')}`, tone: 'good' };
    case 'project.approved':
      return { word: 'approved', text: `round ${word('round')}, by ${event.actor}`, tone: 'good' };
    case 'project.rejected':
      return {
        word: 'rejected',
        text: `round ${word('round')}, by ${event.actor}: ${word('reason')}`,
        tone: 'bad',
      };
    case 'project.revision_started':
      return plain('revision', `round ${word('round')} begins`);
    case 'project.completed':
      return { word: 'complete', text: 'done', tone: 'good' };
    case 'project.cancelled':
      return {
        word: 'cancelled',
        text: `by ${event.actor}${data.reason ? `: ${word('reason')}` : ''}`,
        tone: 'bad',
      };
    case 'project.retried':
      return plain('retry', `back in the queue, by ${event.actor}`);
    case 'project.steered':
      return plain('message', `from ${event.actor}: ${word('message')}`);
    case 'project.steering_delivered':
      return faint('message', 'Claude has taken it in');
    case 'project.needs_attention':
      return { word: 'attention', text: word('reason'), tone: 'bad' };
    case 'run.started':
      return plain('run', `${word('kind')} run ${event.runId ?? ''}, round ${word('round')}`);
    case 'run.spawned':
      return faint('run', `claude started, pid ${word('pid')}`);
    case 'run.ready':
      return faint('run', `claude ${word('claude_version')} is ready with ${word('model')}`);
    case 'run.ended':
      return runEnded(data.outcome as Outcome, data.cost_usd);
    case 'hold.set': {
      const until = data.until ? `, until ${upcoming(word('until'), now)}` : '';
      return { word: 'hold', text: `${word('kind')}: ${word('reason')}${until}`, tone: 'bad' };
    }
    case 'hold.ended':
      return plain('hold', `${word('kind')} ended`);
    case 'supervisor.started':
      return plain('supervisor', `started, pid ${word('pid')}, version ${word('version')}`);
    case 'supervisor.stop_requested':
      return plain('supervisor', 'asked to stop');
    case 'supervisor.stopped':
      return plain('supervisor', 'stopped');
    default:
      return faint(type, JSON.stringify(data));
  }
}

function runEnded(outcome: Outcome, costUsd: unknown): EventText {
  const cost = typeof costUsd === 'number' ? dollars(costUsd) : 'cost unknown';
  const text = `ended: ${describeOutcome(outcome)} (${cost})`;
  return { word: 'run', text, tone: outcome.kind === 'submitted' ? 'plain' : 'bad' };
}

function plain(word: string, text: string): EventText {
  return { word, text, tone: 'plain' };
}

function faint(word: string, text: string): EventText {
  return { word, text, tone: 'faint' };
}
