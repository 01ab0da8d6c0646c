/** The messages of one channel, as they come. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { WireChannelMessages, WireListedMessage } from '../../wire/schemas/channel-http.ts';
import { call, type Problem } from '../api.ts';
import { keptMessages, onEvents } from '../live/connection.ts';
import { repeatedly } from '../live/repeatedly.ts';

/** So many are shown at first, and so many at most: older ones are for the tools. */
const FIRST_MESSAGES = 100;
const MAX_MESSAGES = 500;

export interface Messages {
  /** In order; undefined: not read yet. */
  readonly list: readonly WireListedMessage[] | undefined;
  readonly problem: Problem | undefined;
  /** Reads earlier ones, too; undefined: all that can be shown is. */
  readonly more: (() => void) | undefined;
}

/** @param channel The same for as long as whoever uses it is shown. */
export function useMessages(channel: string): Messages {
  const list = useSignal<readonly WireListedMessage[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const limit = useSignal(FIRST_MESSAGES);
  const fetcher = useSignal(
    repeatedly(async () => {
      const last = list.peek()?.at(-1)?.id;
      const next = last === undefined ? undefined : await read(channel, MAX_MESSAGES, last);
      // What is not there any more was cleared.
      const isStale = next === undefined || (next.ok && next.value.warning !== undefined);
      const answer = isStale ? await read(channel, limit.peek()) : next;
      problem.value = answer.ok || answer.problem.status === 0 ? undefined : answer.problem;
      if (!answer.ok) return;
      const { messages } = answer.value;
      list.value = isStale ? messages : [...(list.peek() ?? []), ...messages].slice(-MAX_MESSAGES);
    }),
  ).peek();
  const readAgain = () => {
    list.value = undefined;
    fetcher.ask();
  };
  // Also at first.
  useSignalEffect(() => {
    const { oldest } = keptMessages.value;
    const isGone = ({ seq }: WireListedMessage) => oldest !== null && seq < oldest;
    if (list.peek()?.some(isGone)) list.value = list.peek()?.filter((one) => !isGone(one));
    fetcher.ask();
  });
  useEffect(() => {
    const end = onEvents((event) => {
      if (event === undefined) fetcher.ask();
      else if (event.type === 'channel.cleared' && event.data.channel === channel) readAgain();
    });
    return () => {
      end();
      fetcher.end();
    };
  }, []);
  const isWhole = (list.value?.length ?? 0) < limit.value || limit.value === MAX_MESSAGES;
  return {
    list: list.value,
    problem: problem.value,
    more: isWhole
      ? undefined
      : () => {
          limit.value = MAX_MESSAGES;
          readAgain();
        },
  };
}

function read(channel: string, limit: number, sinceId?: string) {
  const query = new URLSearchParams({
    channel,
    limit: String(limit),
    ...(sinceId !== undefined && { since_id: sinceId }),
  });
  return call<WireChannelMessages>(`GET /api/messages?${query}`);
}
