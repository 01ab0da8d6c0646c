import { useSignal } from '@preact/signals';
import type { WireChannelState } from '../../wire/schemas/channel-http.ts';
import { Filter } from '../parts/filter.tsx';
import { Ago } from '../parts/text.tsx';
import { channelAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';
import { NewChannel } from './new-channel.tsx';

type Channel = WireChannelState['channels'][number];

interface Props {
  readonly channels: readonly Channel[];
  readonly shown: string | undefined;
}

/** The channels in their groups, each with what is unread. */
export function ChannelList({ channels, shown }: Props) {
  const words = useSignal('');
  const wanted = words.value.toLowerCase();
  const found = channels.filter(({ id }) => id.toLowerCase().includes(wanted));
  const groups = [...Map.groupBy(found, ({ group }) => group)];
  return (
    <section class="pane" aria-label="Channels" data-list>
      <Filter label="Filter channels" words={words} />
      {groups.map(([group, own]) => (
        <section class="part" key={group}>
          <h2>{group === '' ? 'ungrouped' : plainLine(group)}</h2>
          <ul class="rows">
            {own.map((channel) => (
              <Row key={channel.id} channel={channel} isShown={channel.id === shown} />
            ))}
          </ul>
        </section>
      ))}
      {found.length === 0 && <p class="quiet">No channel is called so.</p>}
      {may('decide') && <NewChannel />}
    </section>
  );
}

function Row({ channel, isShown }: { readonly channel: Channel; readonly isShown: boolean }) {
  const { id, name, count, unread = 0, dropped = 0, last_ts_full: last, senders } = channel;
  return (
    <li>
      <a
        class="row row-channel"
        href={channelAddress(id)}
        title={senders.map(plainLine).join(', ')}
        data-item
        {...(isShown && { 'aria-current': 'true' as const })}
      >
        <span class="row-title">{plainLine(name)}</span>
        {unread > 0 ? (
          <span class="pill pill-yours">{unread} new</span>
        ) : (
          <span class="quiet">
            {count}
            <span class="unseen"> messages</span>
          </span>
        )}
        <span class="row-when">
          <Ago time={last} />
          {dropped > 0 && <span class="warn"> · {dropped} aged out unread</span>}
        </span>
      </a>
    </li>
  );
}
