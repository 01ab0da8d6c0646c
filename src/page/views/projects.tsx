import { signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { WireProject } from '../../wire/schemas/project.ts';
import { call, type Problem } from '../api.ts';
import { after } from '../browser-clock.ts';
import { folderText } from '../figures.ts';
import { ofProjects } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { Filter } from '../parts/filter.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { StatusPill } from '../parts/status.tsx';
import { Ago } from '../parts/text.tsx';
import { projectAddress } from '../route.ts';
import { may } from '../session.ts';
import { PROJECT_FILTERS } from '../status-words.ts';
import { plainLine } from '../visible-text.ts';

const PAGE = 50;
/** As the server takes them. */
const MAX_WORDS_CHARACTERS = 200;
/** Who types on wants no answer yet. */
const PAUSE_MS = 200;

/** They stay while a person looks at a project and comes back. */
const filter = signal(0);
const words = signal('');

/** Every project, newest first, or those that a person looks for. */
export function Projects() {
  const asked = useSignal(words.peek());
  useSignalEffect(() => {
    const typed = words.value.trim().slice(0, MAX_WORDS_CHARACTERS);
    return after(PAUSE_MS, () => {
      asked.value = typed;
    });
  });
  const statuses = PROJECT_FILTERS[filter.value]?.statuses ?? [];
  const query = new URLSearchParams({
    limit: String(PAGE),
    ...(statuses.length > 0 && { status: statuses.join(',') }),
    ...(asked.value !== '' && { q: asked.value }),
  });
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
      <Filter label="Search titles and ids" words={words} />
      <fieldset class="filters">
        <legend class="unseen">Which ones</legend>
        {PROJECT_FILTERS.map(({ name }, at) => (
          <label key={name} class="filter">
            <input
              type="radio"
              name="filter"
              checked={filter.value === at}
              onChange={() => {
                filter.value = at;
              }}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <List route={`/projects?${query}`} />
    </section>
  );
}

function List({ route }: { readonly route: string }) {
  const first = useResource<readonly WireProject[]>(route, ofProjects);
  const older = useSignal<readonly WireProject[]>([]);
  const isAll = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  // What was found last stays until the next is.
  const before = useRef<readonly WireProject[] | undefined>(undefined);
  useEffect(() => {
    older.value = [];
    isAll.value = false;
    problem.value = undefined;
  }, [route]);
  if (first.value) before.current = first.value;
  const newest = first.value ?? before.current;
  if (!newest) return first.problem ? <ProblemNote problem={first.problem} /> : <p class="quiet">Loading…</p>;
  const newer = new Set(newest.map(({ id }) => id));
  const all = [...newest, ...older.value.filter(({ id }) => !newer.has(id))];
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
  return (
    <>
      <ProblemNote problem={first.problem ?? problem.value} />
      {all.length === 0 ? (
        <p class="quiet">There are none.</p>
      ) : (
        <ul class="rows" aria-busy={!first.value}>
          {all.map((project) => (
            <Row key={project.id} project={project} />
          ))}
        </ul>
      )}
      {first.value?.length === PAGE && !isAll.value && (
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
