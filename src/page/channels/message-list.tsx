import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { WireChannelState, WireListedMessage } from '../../wire/schemas/channel-http.ts';
import { call } from '../api.ts';
import { plural } from '../figures.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { At } from '../parts/text.tsx';
import { channelAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';
import { ClearChannel } from './clear-channel.tsx';
import { Composer } from './composer.tsx';
import type { Messages } from './messages.ts';
import { readerName } from './reader.ts';

interface Props {
  readonly channel: string;
  readonly messages: Messages;
  /** Undefined: nothing is in it. */
  readonly summary: WireChannelState['channels'][number] | undefined;
  /** The id of the message that is shown whole. */
  readonly chosen: string | undefined;
  /** What is shown was acknowledged. */
  readonly onRead: () => void;
}

/** The messages of one channel as they come, with where the person has read to, and what they write. */
export function MessageList({ channel, messages, summary, chosen, onRead }: Props) {
  const { list, problem, more } = messages;
  const { readTo, dropped } = useReadTo(channel, list, summary, onRead);
  const element = useRef<HTMLOListElement>(null);
  const last = list?.at(-1)?.id;
  useEffect(() => {
    const { current } = element;
    current?.scrollTo(0, current.scrollHeight);
  }, [last]);
  return (
    <section class="pane pane-messages" aria-labelledby="channel-name" data-list>
      <div class="card-head">
        <h2 id="channel-name" class="channel-name">
          {plainLine(channel)}
        </h2>
        {may('admin') && list !== undefined && list.length > 0 && (
          <ClearChannel channel={channel} count={summary?.count ?? list.length} />
        )}
      </div>
      <ProblemNote problem={problem} />
      {list === undefined && !problem && <p class="quiet">Loading…</p>}
      {dropped > 0 && (
        <p class="warn">
          {plural(dropped, 'message')} aged out before you read {dropped === 1 ? 'it' : 'them'}.
        </p>
      )}
      {list?.length === 0 && <p class="quiet">There is no message in it.</p>}
      {more && (
        <button type="button" onClick={more}>
          Show earlier ones
        </button>
      )}
      <ol class="messages" ref={element}>
        {list?.map((message) => (
          <Message
            key={message.id}
            channel={channel}
            message={message}
            isChosen={message.id === chosen}
            isLastRead={message.id === readTo}
          />
        ))}
      </ol>
      {may('decide') && <Composer key={channel} channel={channel} senders={summary?.senders ?? []} />}
    </section>
  );
}

interface MessageProps {
  readonly channel: string;
  readonly message: WireListedMessage;
  readonly isChosen: boolean;
  readonly isLastRead: boolean;
}

function Message({ channel, message, isChosen, isLastRead }: MessageProps) {
  const { id, sender, ts_full: time, preview = '', is_json: isJson } = message;
  return (
    <li>
      <a
        class="message"
        href={channelAddress(channel, id)}
        data-item
        {...(isChosen && { 'aria-current': 'true' as const })}
      >
        <span class="message-head">
          <span class="row-title">{plainLine(sender)}</span>
          {isJson && <span class="pill">JSON</span>}
          <span class="message-when">
            <At time={time} />
          </span>
        </span>
        <span class="message-words">{plainLine(preview)}</span>
      </a>
      {isLastRead && <p class="read-to">you have read to here</p>}
    </li>
  );
}

interface Found {
  readonly readTo: string | undefined;
  readonly dropped: number;
}

/**
 * Acknowledges what is shown while somebody looks, and keeps where they had read to when they came.
 *
 * @returns `readTo`: the id of that message; undefined: all is read, or nothing of what is shown. `dropped`: how many
 *   messages had aged out by then that they had not read.
 */
function useReadTo(
  channel: string,
  list: readonly WireListedMessage[] | undefined,
  summary: Props['summary'],
  onRead: () => void,
): Found {
  const found = useSignal<Found | undefined>(undefined);
  const isSeen = useSignal(document.visibilityState === 'visible');
  useEffect(() => {
    const look = () => {
      isSeen.value = document.visibilityState === 'visible';
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  const { unread, dropped = 0 } = summary ?? {};
  if (list !== undefined && unread !== undefined && found.peek() === undefined)
    found.value = { readTo: unread === 0 ? undefined : list.at(-unread - 1)?.id, dropped };
  const last = list?.at(-1)?.id;
  const isUnread = unread !== undefined && unread > 0;
  useEffect(() => {
    const reader = readerName();
    if (!isSeen.value || !isUnread || last === undefined || reader === undefined) return;
    const body = { channel, consumer_id: reader, message_id: last };
    void call('POST /api/ack', { body }).then((answer) => {
      if (answer.ok) onRead();
    });
  }, [last, isUnread, isSeen.value]);
  return found.value ?? { readTo: undefined, dropped: 0 };
}
