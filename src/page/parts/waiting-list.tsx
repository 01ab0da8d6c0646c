import type { WireOverview } from '../../wire/schemas/http.ts';
import type { WireRequest } from '../../wire/schemas/request.ts';
import { ofOverview, ofRequests } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';
import { whatWaits } from '../waiting.ts';
import { StatusPill } from './status.tsx';
import { Ago } from './text.tsx';

/** What waits for the person, beside the one that is shown. */
export function WaitingList({ shown }: { readonly shown: string }) {
  const overview = useResource<WireOverview>('/overview', ofOverview);
  const asked = useResource<readonly WireRequest[]>('/questions', ofRequests);
  if (!overview.value || !asked.value) return <nav class="beside" aria-label="What waits" />;
  const waiting = whatWaits(overview.value, asked.value);
  return (
    <nav class="beside" aria-label="What waits" data-list>
      <h2>{waiting.length === 0 ? 'Nothing waits for you' : 'What waits for you'}</h2>
      {waiting.length > 0 && (
        <ul class="rows">
          {waiting.map(({ id, title, status, round, since }) => (
            <li key={id}>
              <a
                class="row row-beside"
                href={status === 'awaiting_approval' ? projectAddress(id, round) : projectAddress(id)}
                data-item
                {...(id === shown && { 'aria-current': 'page' as const })}
              >
                <span class="row-title">{plainLine(title)}</span>
                <span class="facts">
                  <StatusPill status={status} />
                  <Ago time={since} />
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </nav>
  );
}
