/** One line of history in words. */
import { type EventTable, type HistoryEvent, present, type UnknownEvent } from '../../project/event.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { cleanLine } from '../../project/text.ts';
import { shorten } from './quoted.ts';

interface EventWords {
  readonly what: string;
  /** Words of Claude Code or of the person that belong to it. */
  readonly words: string | undefined;
}

const MAX_WORDS_BYTES = 1_500;

export function eventWords(event: HistoryEvent): EventWords {
  const [what, words = ''] = present(event, WORDS, unknownWords);
  return {
    what,
    words: words === '' ? undefined : shorten(words, MAX_WORDS_BYTES, event.projectId ?? ''),
  };
}

const WORDS: EventTable<readonly [what: string, words?: string]> = {
  'project.sent': () => ['the plan was sent'],
  'project.claimed': ({ by }) => [
    by === 'code' ? 'claimed by a Claude Code session by hand' : 'claimed by the supervisor',
  ],
  'project.updated': ({ message }) => ['Claude Code reports', message],
  'project.submitted': ({ round, summary }) => [
    `work submitted for round ${round}: it waits for approval`,
    summary,
  ],
  'project.approved': ({ round }, { actor }) => [`round ${round} approved by ${actor}`],
  'project.rejected': ({ round, reason }, { actor }) => [`round ${round} rejected by ${actor}`, reason],
  'project.revision_started': ({ round }) => [`round ${round} began`],
  'project.completed': () => ['complete'],
  'project.cancelled': ({ reason }, { actor }) => [`cancelled by ${actor}`, reason],
  'project.steered': ({ message }, { actor }) => [`message from ${actor}`, message],
  'project.steering_delivered': () => ['Claude Code took in a message'],
  'project.needs_attention': ({ reason }) => ['needs a person', reason],
  'project.retried': (_, { actor }) => [`put back into the queue by ${actor}`],
  'run.started': () => ['run started'],
  'run.spawned': () => ['run spawned'],
  'run.ready': () => ['run ready'],
  'run.ended': ({ outcome }) => ['a run ended', describeOutcome(outcome)],
  'runs.output_removed': () => ['runs output removed'],
  'hold.set': ({ kind, reason }) => [`no new run starts (${kind})`, reason],
  'hold.ended': ({ kind }) => [`the hold '${kind}' ended`],
  'supervisor.started': () => ['supervisor started'],
  'supervisor.stop_requested': () => ['supervisor stop requested'],
  'supervisor.stopped': () => ['supervisor stopped'],
};

/** The names of events are words. */
function unknownWords({ raw }: UnknownEvent): readonly [string] {
  return [cleanLine(raw.type).replaceAll(/[._]/g, ' ')];
}
