/** What waits for its turn, why nothing starts, how much of the usage is left, and what comes again and again. */
import type { WireOverview } from '../../wire/schemas/http.ts';
import type { WireSchedule } from '../../wire/schemas/schedule.ts';
import { announce } from '../announce.ts';
import { plural } from '../figures.ts';
import { ofOverview, ofSchedules } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { useAction } from '../parts/action.ts';
import { HoldCard } from '../parts/hold-card.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { ScheduleRow } from '../parts/schedule-row.tsx';
import { At } from '../parts/text.tsx';
import { projectAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';

export function Queue() {
  const overview = useResource<WireOverview>('/overview', ofOverview);
  const schedules = useResource<readonly WireSchedule[]>('/schedules', ofSchedules);
  return (
    <section class="page">
      <h1>Queue</h1>
      {overview.value ? <Whole overview={overview.value} /> : <ProblemNote problem={overview.problem} />}
      {(schedules.value ?? []).length > 0 && (
        <section class="part">
          <h2>Schedules</h2>
          <ul class="rows">
            {schedules.value?.map((schedule) => (
              <ScheduleRow key={schedule.id} schedule={schedule} />
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}

function Whole({ overview }: { readonly overview: WireOverview }) {
  const { running, queue, holds, counts, quotas } = overview;
  const isPaused = holds.some(({ kind }) => kind === 'paused');
  const further = counts.pending - queue.filter(({ status }) => status === 'pending').length;
  return (
    <>
      <p>
        {plural(running.length, 'run')} under way, {plural(queue.length, 'project')} next.
      </p>
      {!isPaused && may('decide') && <Pause />}
      {holds.map((hold) => (
        <HoldCard key={`${hold.kind} ${hold.scope}`} hold={hold} />
      ))}
      {quotas.some(({ utilization }) => utilization !== null) && <Usage quotas={quotas} />}
      <section class="part">
        <h2>Next, in this order</h2>
        {queue.length === 0 && <p class="quiet">Nothing waits for its turn.</p>}
        {queue.length > 0 && (
          <ol class="rows">
            {queue.map(({ id, title, not_before: notBefore }) => (
              <li key={id}>
                <a class="row" href={projectAddress(id)} data-item>
                  <span class="row-title">{plainLine(title)}</span>
                  <span class="row-when">
                    {notBefore !== null && (
                      <>
                        not before <At time={notBefore} />
                      </>
                    )}
                  </span>
                </a>
              </li>
            ))}
          </ol>
        )}
        {further > 0 && <p class="quiet">{plural(further, 'project')} more behind them.</p>}
      </section>
    </>
  );
}

function Pause() {
  const pause = useAction('POST /pause');
  const send = async () => {
    if ((await pause.run({}))?.ok) announce('Paused.');
  };
  return (
    <div class="choices">
      <button type="button" disabled={pause.isOff} onClick={() => void send()}>
        Pause all
      </button>
      <ProblemNote problem={pause.problem} />
    </div>
  );
}

function Usage({ quotas }: Pick<WireOverview, 'quotas'>) {
  return (
    <section class="part">
      <h2>Usage of the account</h2>
      {quotas.map(({ window, utilization, resets_at: resets }) => {
        if (utilization === null) return null;
        const percent = Math.round(utilization * 100);
        return (
          <div key={window} class="usage">
            <p class="card-head">
              <span>{window.replaceAll('_', ' ')}</span>
              <span class="quiet">
                {percent} %
                {resets !== null && (
                  <>
                    , resets <At time={resets} />
                  </>
                )}
              </span>
            </p>
            <progress value={percent} max={100} aria-label={`${window}: ${percent} % used`} />
          </div>
        );
      })}
    </section>
  );
}
