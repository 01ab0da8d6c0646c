/** What a project cost against its budget: each run may go beyond it with one message, and no message is free. */
import { wasCutShort } from './check-work.ts';
import type { Finding, Watched } from './checks.ts';
import { tagMark } from './model.ts';

export function money({ store, journal }: Watched): Finding[] {
  const { projects, runs } = store.tables();
  const price = journal.messagePriceUsd;
  return journal.plans.flatMap(({ tag, requestId, limitUsd }): Finding[] => {
    const project = projects.find(({ request_id }) => request_id === requestId);
    const own = runs.filter(
      ({ project_id, spawned_at }) => project_id === project?.id && spawned_at !== null,
    );
    const recordedUsd = own.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
    const takenInUsd = (journal.messages.get(tag) ?? 0) * price;
    const findings: Finding[] = [];
    const mostUsd = (limitUsd ?? Number.POSITIVE_INFINITY) + own.length * price + ROUNDING_USD;
    const told = `${tagMark(tag)}: ${own.length} runs of $${price.toFixed(3)} a message`;
    if (Math.max(recordedUsd, takenInUsd) > mostUsd)
      findings.push([
        'broken',
        `${told} cost $${recordedUsd.toFixed(3)}, by its conversation $${takenInUsd.toFixed(3)}, of $${limitUsd}`,
      ]);
    const isKnown = own.every(({ ended_at, cost_usd }) => ended_at !== null && cost_usd !== null);
    const unseen = own.filter(({ outcome }) => wasCutShort(outcome)).length;
    if (isKnown && recordedUsd + unseen * price + ROUNDING_USD < takenInUsd)
      findings.push([
        'lost',
        `${told} took in $${takenInUsd.toFixed(3)}, and $${recordedUsd.toFixed(3)} is recorded`,
      ]);
    return findings;
  });
}

const ROUNDING_USD = 1e-6;
