import type { WireCosts } from '../../wire/schemas/budget.ts';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';
import { CostTable } from './cost-table.tsx';

/** What it was spent on: by project, by model, and by how the runs have ended; the dearest first. */
export function CostShares({ costs: { projects, models, outcomes } }: { readonly costs: WireCosts }) {
  if (projects.length === 0) return null;
  return (
    <section class="part" aria-labelledby="costs-by-what">
      <h2 id="costs-by-what">What these days were spent on, the dearest first</h2>
      <CostTable
        name="Project"
        rows={projects.map((share) => ({
          key: share.project_id,
          name: <a href={projectAddress(share.project_id)}>{plainLine(share.title)}</a>,
          share,
        }))}
      />
      <CostTable
        name="Model"
        rows={models.map((share) => ({
          key: share.model ?? '',
          name: share.model === null ? 'none has answered' : plainLine(share.model),
          share,
        }))}
      />
      <CostTable
        name="How they ended"
        rows={outcomes.map((share) => ({
          key: share.outcome ?? '',
          name: share.outcome === null ? 'under way' : plainLine(share.outcome.replaceAll('_', ' ')),
          share,
        }))}
      />
    </section>
  );
}
