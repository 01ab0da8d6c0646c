/** What programs write to each other in channels: the channels, the messages of one, and one message whole. */
import { Box } from 'ink';
import { useState } from 'react';
import { ofChannels } from '../../../page/live/concerns.ts';
import { useEvery, useKeys, useTui } from '../context.ts';
import { note } from '../lines/items.ts';
import { type Line, line, paragraph } from '../lines/line.ts';
import { holds, inspectorLines, type Message, messageLine } from '../lines/message.ts';
import type { Item } from '../lines/scroll.ts';
import { useResource } from '../live/use-resource.ts';
import { Rows } from '../parts/rows.tsx';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import { useChannelActions } from './channels/channel-actions.ts';
import { type Channel, channelItems } from './channels/channel-items.ts';
import { type Feed, useFeed } from './channels/use-feed.ts';
import { Loading } from './loading.tsx';
import type { ViewProps } from './view-props.ts';

interface State {
  readonly total_messages: number;
  readonly channels: readonly Channel[];
}

/** A message that is sent is no event of the history. */
const LOOK_MS = 2_000;
const PANES = ['channels', 'feed', 'inspector'] as const;
type Pane = (typeof PANES)[number];

export function Channels({ columns, height }: ViewProps) {
  const { places } = useTui();
  const state = useResource<State>('/api/state', ofChannels);
  useEvery(LOOK_MS, state.refresh);
  const [wanted, setWanted] = useState(places.get('channel'));
  const channels = state.value?.channels ?? [];
  // One that was just begun is not in the list yet.
  const channel = wanted ?? newestOf(channels)?.id;
  const choose = (id: string) => {
    places.set('channel', id);
    setWanted(id);
  };
  if (!state.value) return <Loading problem={state.problem} columns={columns} />;
  return <Panes {...{ channels, channel, choose, refresh: state.refresh, columns, height }} />;
}

function newestOf(channels: readonly Channel[]): Channel | undefined {
  return channels.toSorted((a, b) => b.last_ts_full.localeCompare(a.last_ts_full))[0];
}

interface PanesProps extends ViewProps {
  readonly channels: readonly Channel[];
  readonly channel: string | undefined;
  readonly choose: (id: string) => void;
  readonly refresh: () => void;
}

function Panes({ channels, channel, choose, refresh, columns, height }: PanesProps) {
  const { places } = useTui();
  const [pane, setPane] = useState<Pane>('channels');
  const [words, setWords] = useState('');
  const [inspected, setInspected] = useState(false);
  const feed = useFeed(channel);
  const messages = words === '' ? feed.messages : feed.messages.filter((one) => holds(one, words));
  const feedName = `feed ${channel}`;
  const chosen = messages.find(({ id }) => id === places.get(feedName)) ?? messages.at(-1);
  const inspect = () => {
    setInspected(true);
    setPane('inspector');
  };
  const leave = () => {
    setInspected(false);
    setPane('feed');
  };
  const turn = (by: 1 | -1) => {
    const open = PANES.filter((one) => one !== 'inspector' || inspected);
    setPane(open[(open.indexOf(pane) + by + open.length) % open.length] ?? 'channels');
  };
  const actions = useChannelActions({ channel, choose, refresh, words, setWords });
  useKeys({
    ...actions,
    tab: () => turn(1),
    'shift-tab': () => turn(-1),
    i: inspected ? leave : inspect,
    space: feed.toggle,
    r() {
      refresh();
      feed.refresh();
    },
    ...(inspected && { esc: leave }),
  });
  const widths = widthsOf(columns, inspected);
  const side = channelItems(channels, channel, widths.channels - SIGN_COLUMNS, (id) => {
    choose(id);
    setPane('feed');
  });
  return (
    <Box height={height} width={columns} flexShrink={0}>
      <Scroller
        name="channels"
        items={side.length > 0 ? side : [note('none', noChannels(widths.channels))]}
        columns={widths.channels}
        height={height}
        isIdle={pane !== 'channels'}
      />
      <Box width={1} flexShrink={0} />
      {widths.feed > 0 && (
        <FeedPane
          key={feedName}
          {...{ name: feedName, feed, messages, words, channel, height, inspect }}
          columns={widths.feed}
          isIdle={pane !== 'feed'}
        />
      )}
      {widths.inspector > 0 && (
        <Inspector
          message={chosen}
          columns={widths.inspector}
          height={height}
          isIdle={pane !== 'inspector'}
        />
      )}
    </Box>
  );
}

/** Where there is no room for three, the inspector takes the place of the messages. */
function widthsOf(columns: number, isInspected: boolean): Readonly<Record<Pane, number>> {
  const channels = Math.max(16, Math.min(32, Math.floor(columns / 4)));
  const rest = columns - channels - 1;
  if (!isInspected) return { channels, feed: rest, inspector: 0 };
  if (columns < 120) return { channels, feed: 0, inspector: rest };
  const inspector = Math.floor(rest / 2.5);
  return { channels, feed: rest - inspector, inspector };
}

function noChannels(columns: number): Line[] {
  return [...paragraph('No channel yet. n: begin one', columns - SIGN_COLUMNS, 'quiet')];
}

interface FeedPaneProps {
  readonly name: string;
  readonly feed: Feed;
  readonly messages: readonly Message[];
  readonly words: string;
  readonly channel: string | undefined;
  readonly columns: number;
  readonly height: number;
  readonly isIdle: boolean;
  readonly inspect: () => void;
}

function FeedPane({ name, feed, messages, words, channel, columns, height, isIdle, inspect }: FeedPaneProps) {
  const items = messages.map(
    (message): Item => ({
      key: message.id,
      lines: [messageLine(message, columns - SIGN_COLUMNS)],
      keys: { enter: inspect },
    }),
  );
  const empty = feed.problem ?? (words === '' ? 'No message.' : 'No message holds these words.');
  return (
    <Box flexDirection="column" width={columns} height={height} flexShrink={0}>
      <Rows
        columns={columns}
        lines={[
          [
            { text: channel ?? '', tone: 'title' },
            ...(words === '' ? [] : [{ text: `  with “${words}”`, tone: 'warn' as const }]),
            ...(feed.isStopped
              ? [{ text: `  stopped, ${feed.held} new. space: go on`, tone: 'warn' as const }]
              : []),
          ],
        ]}
      />
      <Scroller
        name={name}
        items={
          items.length > 0
            ? items
            : [note('none', paragraph(channel === undefined ? '' : empty, columns - 2, 'quiet'))]
        }
        columns={columns}
        height={height - 1}
        isIdle={isIdle}
        followsEnd
      />
    </Box>
  );
}

interface InspectorProps {
  readonly message: Message | undefined;
  readonly columns: number;
  readonly height: number;
  readonly isIdle: boolean;
}

function Inspector({ message, columns, height, isIdle }: InspectorProps) {
  const lines = message ? inspectorLines(message, columns - SIGN_COLUMNS) : [line('No message.', 'quiet')];
  return (
    <Scroller
      key={message?.id ?? ''}
      name="inspector"
      items={[note('message', lines)]}
      columns={columns}
      height={height}
      isIdle={isIdle}
    />
  );
}
