/** What agents write to each other: the channels, the messages of one, and one message whole. Side by side where there is room. */

import { useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { WireChannelState } from '../../wire/schemas/channel-http.ts';
import { ChannelList } from '../channels/channel-list.tsx';
import { Inspector } from '../channels/inspector.tsx';
import { MessageList } from '../channels/message-list.tsx';
import { useMessages } from '../channels/messages.ts';
import { NewChannel } from '../channels/new-channel.tsx';
import { readerName } from '../channels/reader.ts';
import { ofChannels } from '../live/concerns.ts';
import { keptMessages } from '../live/connection.ts';
import { useResource } from '../live/resource.ts';
import { Command } from '../parts/command.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { channelAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';
import { isWide } from '../wide.ts';

interface Props {
  readonly channel: string | undefined;
  readonly message: string | undefined;
}

/** Where a person was last. */
const LAST = 'channel';

export function Channels({ channel, message }: Props) {
  const state = useResource<WireChannelState>(stateRoute(), ofChannels);
  useSignalEffect(() => {
    void keptMessages.value;
    state.refresh();
  });
  useEffect(() => {
    if (channel !== undefined) localStorage.setItem(LAST, channel);
  }, [channel]);
  const all = state.value?.channels;
  if (!all)
    return (
      <section class="page">
        <h1>Channels</h1>
        {state.problem ? <ProblemNote problem={state.problem} /> : <p class="quiet">Loading…</p>}
      </section>
    );
  if (all.length === 0 && channel === undefined) return <Empty />;
  const last = localStorage.getItem(LAST);
  const usual = all.find(({ id }) => id === last) ?? all[0];
  const shown = channel ?? (isWide.value ? usual?.id : undefined);
  return <Whole state={state.value} channel={shown} message={message} onRead={state.refresh} />;
}

function stateRoute(): string {
  const reader = readerName();
  return reader === undefined ? '/api/state' : `/api/state?consumer_id=${encodeURIComponent(reader)}`;
}

function Empty() {
  return (
    <section class="page">
      <h1>Channels</h1>
      <div class="empty">
        <p>Nobody has written into a channel yet. Agents do, with tools that they get by:</p>
        <pre>
          <Command line="bridge-supervisor setup --toolset channels" />
        </pre>
      </div>
      {may('decide') && <NewChannel />}
    </section>
  );
}

interface WholeProps extends Props {
  readonly state: WireChannelState | undefined;
  readonly onRead: () => void;
}

function Whole({ state, channel, message, onRead }: WholeProps) {
  const all = state?.channels ?? [];
  const known = all.find(({ id }) => id === channel);
  const present = message !== undefined ? 'message' : channel !== undefined ? 'messages' : 'list';
  return (
    <section class="page page-channels">
      <h1>Channels</h1>
      {!isWide.value && channel !== undefined && (
        <nav class="segments" aria-label="Channels">
          <Segment address={channelAddress()} isHere={false}>
            All
          </Segment>
          <Segment address={channelAddress(channel)} isHere={present === 'messages'}>
            {plainLine(channel)}
          </Segment>
          {message !== undefined && (
            <Segment address={channelAddress(channel, message)} isHere>
              Message
            </Segment>
          )}
        </nav>
      )}
      <Panes key={isWide.value ? '' : present}>
        {(isWide.value || present === 'list') && <ChannelList channels={all} shown={channel} />}
        {channel !== undefined && present !== 'list' && (
          <Conversation key={channel} channel={channel} summary={known} message={message} onRead={onRead} />
        )}
      </Panes>
    </section>
  );
}

interface ConversationProps {
  readonly channel: string;
  readonly summary: WireChannelState['channels'][number] | undefined;
  readonly message: string | undefined;
  readonly onRead: () => void;
}

/** The messages of a channel, and one of them whole: on a wide page the newest, until another is chosen. */
function Conversation({ channel, summary, message, onRead }: ConversationProps) {
  const messages = useMessages(channel);
  const shown = message ?? messages.list?.at(-1)?.id;
  const isOne = isWide.value || message !== undefined;
  return (
    <>
      {(isWide.value || message === undefined) && (
        <MessageList
          channel={channel}
          messages={messages}
          summary={summary}
          chosen={isWide.value ? shown : message}
          onRead={onRead}
        />
      )}
      {isOne && shown !== undefined && <Inspector key={shown} id={shown} />}
    </>
  );
}

/** Where another pane takes the place of what had the focus, that begins there. */
function Panes({ children }: { readonly children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { activeElement: active } = document;
    if (active === null || active === document.body) element.current?.focus();
  }, []);
  return (
    <div class="panes" ref={element} tabIndex={-1}>
      {children}
    </div>
  );
}

interface SegmentProps {
  readonly address: string;
  readonly isHere: boolean;
  readonly children: ComponentChildren;
}

function Segment({ address, isHere, children }: SegmentProps) {
  return (
    <a class="segment" href={address} {...(isHere && { 'aria-current': 'page' as const })}>
      {children}
    </a>
  );
}
