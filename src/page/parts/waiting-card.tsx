import type { WireWaitingProject } from '../../wire/schemas/http.ts';
import { plural, spentText } from '../figures.ts';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';
import { Icon } from './icons.tsx';
import { LineCounts } from './line-counts.tsx';
import { StatusPill } from './status.tsx';
import { Ago, Visible } from './text.tsx';

/** Work that waits for a decision, with what was measured of it; or a project that is stuck, with the reason. */
export function WaitingCard({ project }: { readonly project: WireWaitingProject }) {
  const {
    id,
    title,
    status,
    attention,
    updated_at: since,
    measured,
    spent_usd: spent,
    runs_of_unknown_cost: unknown,
  } = project;
  const address = status === 'awaiting_approval' ? projectAddress(id, project.round) : projectAddress(id);
  return (
    <a class="card card-yours" href={address} data-item>
      <div class="card-head">
        <h2 class="card-title">{plainLine(title)}</h2>
        {status === 'awaiting_approval' ? (
          <span class="quiet">round {project.round}</span>
        ) : (
          <StatusPill status={status} />
        )}
      </div>
      {attention !== null && (
        <p class="clamp">
          <Visible text={attention} />
        </p>
      )}
      {status === 'awaiting_approval' && <Figures measured={measured} />}
      <p class="facts">
        <span>
          {status === 'awaiting_approval' ? 'submitted' : 'stuck'} <Ago time={since} />
        </span>
        <span>{spentText(spent, unknown)}</span>
      </p>
      <Icon name="open" />
    </a>
  );
}

function Figures({ measured }: Pick<WireWaitingProject, 'measured'>) {
  if (!measured?.measured) return <p class="facts facts-warn">not measured</p>;
  const { checks_passed: passed, files, warnings, outline } = measured;
  return (
    <p class="facts">
      {outline && <span>an outline</span>}
      {passed !== null && (
        <span class={passed ? 'good' : 'bad'}>
          <Icon name={passed ? 'passed' : 'failed'} /> {passed ? 'checks passed' : 'checks failed'}
        </span>
      )}
      <span>{plural(files, 'file')}</span>
      <span>
        <LineCounts of={measured} />
      </span>
      {warnings > 0 && (
        <span class="warn">
          <Icon name="warning" /> {plural(warnings, 'warning')}
        </span>
      )}
    </p>
  );
}
