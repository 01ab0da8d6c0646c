/** What runs have cost, and what they may. A run without a figure is said, and never counted as nothing. */
import { dollars } from '../../project/costs.ts';
import type { WireCosts } from '../../wire/schemas/budget.ts';
import { CostChart } from '../costs/cost-chart.tsx';
import { CostShares } from '../costs/cost-shares.tsx';
import { plural } from '../figures.ts';
import { ofCosts } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { At } from '../parts/text.tsx';
import { plainLine } from '../visible-text.ts';

const DAYS = 30;

export function Costs() {
  // A day begins and ends where the person is, not where the supervisor runs.
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const route = `/costs?days=${DAYS}&tz=${encodeURIComponent(timeZone)}`;
  const costs = useResource<WireCosts>(route, ofCosts);
  return (
    <section class="page">
      <h1>Costs</h1>
      {costs.value ? <Whole costs={costs.value} /> : <ProblemNote problem={costs.problem} />}
    </section>
  );
}

const NAMES = { day: 'Today', month: 'This month' } as const;

function Whole({ costs }: { readonly costs: WireCosts }) {
  const { periods, days, run_usd, project_usd, workspaces } = costs;
  return (
    <>
      <div class="periods">
        {periods.map((period) => (
          <Period key={period.period} period={period} />
        ))}
      </div>
      <CostChart days={days} />
      <CostShares costs={costs} />
      <section class="part">
        <h2>What may be spent</h2>
        <dl class="figures">
          <Limit name="One run" usd={run_usd} />
          <Limit name="One project" usd={project_usd} />
          {Object.entries(workspaces).map(([name, usd]) => (
            <Limit key={name} name={`A project in ${plainLine(name)}`} usd={usd} />
          ))}
        </dl>
      </section>
    </>
  );
}

function Period({ period: spent }: { readonly period: WireCosts['periods'][number] }) {
  const { period, spent_usd, limit_usd, charged_usd, runs_of_unknown_cost, ends_at } = spent;
  return (
    <section class="card" aria-label={NAMES[period]}>
      <div class="card-head">
        <h2>{NAMES[period]}</h2>
        <p class="quiet">
          until <At time={ends_at} />
        </p>
      </div>
      <p class="amount">
        {dollars(spent_usd)}
        {limit_usd !== null && <small> of {dollars(limit_usd)}</small>}
      </p>
      {limit_usd !== null && (
        <progress
          value={Math.min(charged_usd, limit_usd)}
          max={limit_usd}
          aria-label={`${dollars(charged_usd)} of ${dollars(limit_usd)} count against the limit`}
        />
      )}
      {runs_of_unknown_cost > 0 && (
        <p class="warn">
          {plural(runs_of_unknown_cost, 'run')} without a figure
          {limit_usd !== null && `: ${dollars(charged_usd)} count against the limit`}
        </p>
      )}
    </section>
  );
}

function Limit({ name, usd }: { readonly name: string; readonly usd: number | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{usd === null ? 'no limit' : dollars(usd)}</dd>
    </div>
  );
}
