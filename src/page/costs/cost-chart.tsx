import { dollars } from '../../project/costs.ts';
import type { WireCosts } from '../../wire/schemas/budget.ts';
import { plural, spentText } from '../figures.ts';
import { dateText } from '../time-text.ts';
import { CostTable } from './cost-table.tsx';

type Day = WireCosts['days'][number];

const HEIGHT = 96;
/** Of one bar, with the room beside it. */
const STEP = 10;
const BAR = 8;
/** So high is a bar at least, that something was spent can be seen. */
const MIN_BAR = 2;

/** What each day has cost: a bar a day, and the same as a table. */
export function CostChart({ days }: { readonly days: readonly Day[] }) {
  const most = Math.max(0, ...days.map(({ usd }) => usd));
  const usd = days.reduce((sum, day) => sum + day.usd, 0);
  const unknown = days.reduce((sum, day) => sum + day.runs_of_unknown_cost, 0);
  const busy = days.filter(({ runs }) => runs > 0);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return null;
  return (
    <section class="part" aria-labelledby="costs-by-day">
      <div class="card-head">
        <h2 id="costs-by-day">The last {days.length} days, as they are here</h2>
        <p class="quiet">{spentText(usd, unknown)}</p>
      </div>
      <figure class="chart">
        <svg
          viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${plural(busy.length, 'day')} with runs, ${dollars(most)} at most. The table has the figures.`}
        >
          {days.map((day, at) => (
            <Bar key={day.date} day={day} x={at * STEP + (STEP - BAR) / 2} most={most} />
          ))}
        </svg>
        <figcaption>
          <span>{dateText(first.date)}</span>
          <span>{most > 0 && `highest ${dollars(most)}`}</span>
          <span>{dateText(last.date)}</span>
        </figcaption>
      </figure>
      {busy.length === 0 ? (
        <p class="quiet">Nothing has run in these days.</p>
      ) : (
        <details>
          <summary>Day by day</summary>
          <CostTable
            name="Day"
            rows={busy.toReversed().map((day) => ({ key: day.date, name: dateText(day.date), share: day }))}
          />
        </details>
      )}
    </section>
  );
}

function Bar({ day, x, most }: { readonly day: Day; readonly x: number; readonly most: number }) {
  const { date, usd, runs, runs_of_unknown_cost: unknown } = day;
  const height = most === 0 || usd === 0 ? 0 : Math.max(MIN_BAR, (usd / most) * (HEIGHT - MIN_BAR));
  return (
    <g>
      <title>
        {dateText(date)}: {spentText(usd, unknown)}, {plural(runs, 'run')}
      </title>
      {/* The whole day answers to the pointer. */}
      <rect class="bar-room" x={x} y={0} width={BAR} height={HEIGHT} />
      <rect class="bar-line" x={x} y={HEIGHT - 1} width={BAR} height={1} />
      <rect class="bar-cost" x={x} y={HEIGHT - height} width={BAR} height={height} />
      {unknown > 0 && (
        <rect class="bar-unknown" x={x} y={Math.max(0, HEIGHT - height - 6)} width={BAR} height={4} />
      )}
    </g>
  );
}
