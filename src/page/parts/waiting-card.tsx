import { dollars } from '../../project/costs.ts';
import type { WireProjectAnswer } from '../../wire/schemas/http.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import { plural } from '../figures.ts';
import { useResource } from '../live/resource.ts';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';
import { Icon } from './icons.tsx';
import { StatusPill } from './status.tsx';
import { Ago, Visible } from './text.tsx';

/** Work that waits for a decision, with what was measured of it; or a project that is stuck, with the reason. */
export function WaitingCard({ project }: { readonly project: WireProject }) {
  const { id, title, status, attention, updated_at: since } = project;
  const details = useResource<WireProjectAnswer>(`/projects/${id}`, (event) => event.project_id === id);
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
      {status === 'awaiting_approval' && <Figures answer={details.value} round={project.round} />}
      <p class="facts">
        <span>
          {status === 'awaiting_approval' ? 'submitted' : 'stuck'} <Ago time={since} />
        </span>
        {details.value && <span>{dollars(details.value.spent_usd)}</span>}
      </p>
      <Icon name="open" />
    </a>
  );
}

function Figures({
  answer,
  round,
}: {
  readonly answer: WireProjectAnswer | undefined;
  readonly round: number;
}) {
  if (!answer) return <p class="facts">…</p>;
  const measured = answer.rounds.findLast((one) => one.round === round)?.measured;
  if (!measured?.measured) return <p class="facts facts-warn">not measured</p>;
  const { checks_passed: passed, files, insertions, deletions, warnings, outline } = measured;
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
        <ins>+{insertions}</ins> <del>−{deletions}</del>
      </span>
      {warnings > 0 && (
        <span class="warn">
          <Icon name="warning" /> {plural(warnings, 'warning')}
        </span>
      )}
    </p>
  );
}
