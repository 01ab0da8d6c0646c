import { useSignal } from '@preact/signals';
import { CLOSED_STATUSES } from '../../project/project.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import { call, type Problem } from '../api.ts';
import { folderText } from '../figures.ts';
import { ofProjects } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { StatusPill } from '../parts/status.tsx';
import { Ago } from '../parts/text.tsx';
import { projectAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';

const PAGE = 50;

const FILTERS: readonly { readonly name: string; readonly statuses: readonly WireProject['status'][] }[] = [
  { name: 'All', statuses: [] },
  { name: 'Yours', statuses: ['awaiting_approval', 'awaiting_answer', 'attention'] },
  { name: 'Under way', statuses: ['pending', 'in_progress', 'verifying', 'rejected', 'approved'] },
  { name: 'Closed', statuses: CLOSED_STATUSES },
];

/** Every project, newest first. */
export function Projects() {
  const filter = useSignal(0);
  const statuses = FILTERS[filter.value]?.statuses ?? [];
  const query = statuses.length === 0 ? '' : `&status=${statuses.join(',')}`;
  const route = `/projects?limit=${PAGE}${query}`;
  const choose = (at: number) => {
    filter.value = at;
  };
  return (
    <section class="page">
      <div class="card-head">
        <h1>Projects</h1>
        {may('admin') && (
          <a class="button" href="#/send">
            Send a plan
          </a>
        )}
      </div>
      <fieldset class="filters">
        <legend class="unseen">Which ones</legend>
        {FILTERS.map(({ name }, at) => (
          <label key={name} class="filter">
            <input type="radio" name="filter" checked={filter.value === at} onChange={() => choose(at)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <List key={route} route={route} />
    </section>
  );
}

function List({ route }: { readonly route: string }) {
  const first = useResource<readonly WireProject[]>(route, ofProjects);
  const older = useSignal<readonly WireProject[]>([]);
  const isAll = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  if (!first.value)
    return first.problem ? <ProblemNote problem={first.problem} /> : <p class="quiet">Loading…</p>;
  const newer = new Set(first.value.map(({ id }) => id));
  const all = [...first.value, ...older.value.filter(({ id }) => !newer.has(id))];
  const last = all.at(-1);
  const more = async () => {
    const answer = await call<readonly WireProject[]>(`GET ${route}&before=${last?.id}`);
    if (!answer.ok) {
      problem.value = answer.problem;
      return;
    }
    older.value = [...older.value, ...answer.value];
    isAll.value = answer.value.length < PAGE;
  };
  if (all.length === 0) return <p class="quiet">There are none.</p>;
  return (
    <>
      <ul class="rows">
        {all.map((project) => (
          <Row key={project.id} project={project} />
        ))}
      </ul>
      <ProblemNote problem={problem.value} />
      {first.value.length === PAGE && !isAll.value && (
        <button type="button" onClick={() => void more()}>
          Show older ones
        </button>
      )}
    </>
  );
}

function Row({ project: { id, title, status, workspace, updated_at } }: { readonly project: WireProject }) {
  return (
    <li>
      <a class="row" href={projectAddress(id)} data-item>
        <span class="row-title">{plainLine(title)}</span>
        <StatusPill status={status} />
        <span class="row-where" title={plainLine(workspace)}>
          {plainLine(folderText(workspace))}
        </span>
        <span class="row-when">
          <Ago time={updated_at} />
        </span>
      </a>
    </li>
  );
}
