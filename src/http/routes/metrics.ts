import { figures } from '../../bridge/figures.ts';
import { runTotals, spentInPeriod } from '../../bridge/spending.ts';
import { BUDGET_PERIODS } from '../../project/budget.ts';
import { HOLD_KINDS } from '../../project/hold.ts';
import { VERSION } from '../../version.ts';
import { defineRoute } from '../define-route.ts';
import { type Metric, type Sample, toExposition } from '../exposition.ts';

export const showMetrics = defineRoute({
  method: 'GET',
  path: '/metrics',
  access: 'read',
  summary:
    'Figures in the text format of Prometheus: projects, runs, costs, holds, the lease of the supervisor, and requests by route and status. No label holds a name, a title or a path.',
  answer: 'text/plain; version=0.0.4; charset=utf-8',
  example: {
    answer: `…
# HELP bridge_projects Projects by status.
# TYPE bridge_projects gauge
bridge_projects{status="pending"} 0
bridge_projects{status="in_progress"} 2
…`,
  },
  async run(_input, call) {
    const { bridge, clock, counts, events } = call;
    const { projects, openRuns, undecided, holds, lease } = await figures(bridge);
    const totals = await runTotals(bridge);
    const spent = await Promise.all(
      BUDGET_PERIODS.map(async (period) => ({ period, ...(await spentInPeriod(bridge, period)) })),
    );
    const age = lease && (clock.now().getTime() - Date.parse(lease.renewedAt)) / 1_000;
    const metrics: Metric[] = [
      gauge('bridge_info', 'The version that serves this.', [{ labels: { version: VERSION }, value: 1 }]),
      gauge('bridge_projects', 'Projects by status.', samplesOf('status', Object.entries(projects))),
      gauge('bridge_requests_waiting', 'What Claude has asked and nobody has decided.', [
        { value: undecided },
      ]),
      gauge('bridge_runs_open', 'Runs under way.', [{ value: openRuns }]),
      counter(
        'bridge_runs_ended_total',
        'Runs that have ended, by outcome.',
        samplesOf('outcome', totals.ended),
      ),
      counter('bridge_cost_usd_total', 'What runs have cost, where it is known.', [{ value: totals.usd }]),
      counter('bridge_runs_of_unknown_cost_total', 'Runs of which nobody knows what they cost.', [
        { value: totals.unknown },
      ]),
      gauge(
        'bridge_spent_usd',
        'What runs have cost in the day and the month under way.',
        samplesOf(
          'period',
          spent.map(({ period, usd }) => [period, usd]),
        ),
      ),
      gauge(
        'bridge_holds',
        'Reasons why no new run starts.',
        samplesOf(
          'kind',
          HOLD_KINDS.map((kind) => [kind, holds.filter((hold) => hold.kind === kind).length]),
        ),
      ),
      gauge(
        'bridge_lease_age_seconds',
        'Since the supervisor renewed its lease; absent where nobody has one.',
        age === undefined ? [] : [{ value: Math.max(0, age) }],
      ),
      counter('bridge_http_requests_total', 'Answers by route and status.', counts.samples()),
      gauge('bridge_http_streams', 'Streams that are open.', [{ value: events.size }]),
    ];
    return { bytes: Buffer.from(toExposition(metrics)) };
  },
});

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'counter', samples };
}

function samplesOf(label: string, values: readonly (readonly [string, number])[]): Sample[] {
  return values.map(([name, value]) => ({ labels: { [label]: name }, value }));
}
