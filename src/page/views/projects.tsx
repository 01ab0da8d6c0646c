import { signal, useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { WireProject } from '../../wire/schemas/project.ts';
import { after } from '../browser-clock.ts';
import { folderText } from '../figures.ts';
import { ofProjects } from '../live/concerns.ts';
import { usePages } from '../live/pages.ts';
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
  const { items, problem, more } = usePages<WireProject>(route, ofProjects);
  // What was found last stays until the next is.
  const before = useRef(items);
  if (items) before.current = items;
  const shown = before.current;
  if (!shown) return problem ? <ProblemNote problem={problem} /> : <p class="quiet">Loading…</p>;
  return (
    <>
      <ProblemNote problem={problem} />
      {shown.length === 0 ? (
        <p class="quiet">There are none.</p>
      ) : (
        <ul class="rows" aria-busy={!items}>
          {shown.map((project) => (
            <Row key={project.id} project={project} />
          ))}
        </ul>
      )}
      {more && (
        <button type="button" onClick={more}>
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
