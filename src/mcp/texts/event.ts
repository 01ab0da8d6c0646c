/** One line of history in words. */
import type { BridgeEvent } from '../../bridge/queries.ts';
import type { Outcome } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { cleanLine } from '../../project/text.ts';
import { shorten } from './quoted.ts';

export interface Happening {
  readonly what: string;
  /** Words of Claude Code or of the person that belong to it. */
  readonly words: string | undefined;
}

const WORDS_BYTES = 1_500;

export function happening({ type, data, actor, projectId }: BridgeEvent): Happening {
  const text = (key: string) => (typeof data[key] === 'string' ? data[key] : '');
  const said = (what: string, words = '') => ({
    what,
    words: words === '' ? undefined : shorten(words, WORDS_BYTES, projectId ?? ''),
  });
  const round = String(data.round ?? '');
  switch (type) {
    case 'project.sent':
      return said('the plan was sent');
    case 'project.claimed':
      return said(
        text('by') === 'code' ? 'claimed by a Claude Code session by hand' : 'claimed by the supervisor',
      );
    case 'project.updated':
      return said('Claude Code reports', text('message'));
    case 'project.submitted':
      return said(`work submitted for round ${round}: it waits for approval`, text('summary'));
    case 'project.approved':
      return said(`round ${round} approved by ${actor}`);
    case 'project.rejected':
      return said(`round ${round} rejected by ${actor}`, text('reason'));
    case 'project.revision_started':
      return said(`round ${round} began`);
    case 'project.completed':
      return said('complete');
    case 'project.cancelled':
      return said(`cancelled by ${actor}`, text('reason'));
    case 'project.steered':
      return said(`message from ${actor}`, text('message'));
    case 'project.steering_delivered':
      return said('Claude Code took in a message');
    case 'project.retried':
      return said(`put back into the queue by ${actor}`);
    case 'project.needs_attention':
      return said('needs a person', text('reason'));
    case 'run.ended':
      return said('a run ended', outcomeText(data.outcome));
    case 'hold.set':
      return said(`no new run starts (${text('kind')})`, text('reason'));
    case 'hold.ended':
      return said(`the hold '${text('kind')}' ended`);
    default:
      // The names of the others are words: run.started, supervisor.stopped, …
      return said(cleanLine(type).replaceAll(/[._]/g, ' '));
  }
}

function outcomeText(outcome: unknown): string {
  return isOutcome(outcome) ? (describeOutcome(outcome) ?? '') : '';
}

/** Written by our own verb; an outcome of a newer program may have a kind that is not known here. */
function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
