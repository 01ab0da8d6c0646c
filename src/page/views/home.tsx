/** Everything a person asks in the morning, without a tap: does anything need me, what is stuck, what did it cost. */

import { dollars } from '../../project/costs.ts';
import { CLOSED_STATUSES } from '../../project/project.ts';
import type { WireOverview } from '../../wire/schemas/http.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import type { WireRequest } from '../../wire/schemas/request.ts';
import { plural } from '../figures.ts';
import { ofClosedProjects, ofOverview, ofRequests } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { useRefreshWhile } from '../live/use-refresh.ts';
import { Command } from '../parts/command.tsx';
import { HoldCard } from '../parts/hold-card.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { RequestCard } from '../parts/request-card.tsx';
import { RunningCard } from '../parts/running-card.tsx';
import { StatusPill } from '../parts/status.tsx';
import { Ago } from '../parts/text.tsx';
import { WaitingCard } from '../parts/waiting-card.tsx';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';
import { decisionCount, decisionsIn, doneText, titlesIn, waitingText } from '../waiting.ts';

export function Home() {
  const overview = useResource<WireOverview>('/overview', ofOverview);
  const asked = useResource<readonly WireRequest[]>('/questions', ofRequests);
  useRefreshWhile((overview.value?.running.length ?? 0) > 0, overview.refresh);
  if (!overview.value || !asked.value) return <Loading problem={overview.problem ?? asked.problem} />;
  return <Whole overview={overview.value} asked={asked.value} />;
}

function Loading({ problem }: { readonly problem: Parameters<typeof ProblemNote>[0]['problem'] }) {
  return (
    <section class="page">
      <h1>Home</h1>
      {problem ? <ProblemNote problem={problem} /> : <p class="quiet">Loading…</p>}
    </section>
  );
}

function Whole({
  overview,
  asked,
}: {
  readonly overview: WireOverview;
  readonly asked: readonly WireRequest[];
}) {
  const { running, verifying, landing, queue, holds } = overview;
  const decisions = decisionCount(overview);
  const yours = decisions + asked.length;
  const shown = decisionsIn(overview);
  const further = decisions - shown.length;
  const titles = titlesIn(overview);
  return (
    <section class="page page-home">
      <div class="column">
        <h1>{waitingText(yours)}</h1>
        {yours === 0 && <Empty overview={overview} />}
        <div class="stack">
          {shown.map((project) => (
            <WaitingCard key={project.id} project={project} />
          ))}
          {further > 0 && (
            <a class="row" href="#/projects">
              {further.toLocaleString('en')} more that wait, or are stuck
            </a>
          )}
          {asked.map((request) => (
            <RequestCard
              key={request.id}
              request={request}
              title={titles.get(request.project_id) ?? request.project_id}
            />
          ))}
        </div>
      </div>
      <div class="column">
        {holds.length > 0 && (
          <section class="part">
            <h2>Nothing new starts</h2>
            {holds.map((hold) => (
              <HoldCard key={`${hold.kind} ${hold.scope}`} hold={hold} />
            ))}
          </section>
        )}
        {running.length > 0 && (
          <section class="part">
            <h2>Working now</h2>
            {running.map(({ project, run }) => (
              <RunningCard key={run.id} project={project} run={run} />
            ))}
          </section>
        )}
        <ProjectRows name="Being checked" projects={verifying} />
        <ProjectRows name="Landing" projects={landing} />
        <ProjectRows name="Next" projects={queue} />
        <Spent overview={overview} />
        <Lately />
      </div>
    </section>
  );
}

/** What was done last, without a tap. */
function Lately() {
  const route = `/projects?status=${CLOSED_STATUSES.join(',')}&limit=5`;
  const closed = useResource<readonly WireProject[]>(route, ofClosedProjects);
  return <ProjectRows name="Done lately" projects={closed.value ?? []} />;
}

function Empty({ overview: { counts } }: { readonly overview: WireOverview }) {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all > 0) return <p class="quiet">{doneText(counts)}</p>;
  return (
    <div class="empty">
      <p>No plan yet. There are three ways to send one:</p>
      <ul>
        <li>
          In Claude Desktop say: <em>have Code build …</em>
        </li>
        <li>
          In a terminal: <Command line="bridge-supervisor send plan.md" />
        </li>
        <li>
          Try it without an account: <Command line="bridge-supervisor demo" />
        </li>
      </ul>
    </div>
  );
}

function ProjectRows({
  name,
  projects,
}: {
  readonly name: string;
  readonly projects: readonly WireProject[];
}) {
  if (projects.length === 0) return null;
  return (
    <section class="part">
      <h2>{name}</h2>
      <ul class="rows">
        {projects.map(({ id, title, status, updated_at }) => (
          <li key={id}>
            <a class="row" href={projectAddress(id)} data-item>
              <span class="row-title">{plainLine(title)}</span>
              <StatusPill status={status} />
              <span class="row-when">
                <Ago time={updated_at} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Spent({ overview }: { readonly overview: WireOverview }) {
  const { spent_today_usd: spent, today_runs_of_unknown_cost: unknown, quotas } = overview;
  const windows = quotas.filter(({ utilization }) => utilization !== null);
  return (
    <section class="part">
      <h2>Today</h2>
      <dl class="figures">
        <div>
          <dt>Spent</dt>
          <dd>
            {dollars(spent)}
            {unknown > 0 && <small> and {plural(unknown, 'run')} without a figure</small>}
          </dd>
        </div>
        {windows.map(({ window, utilization }) => (
          <div key={window}>
            <dt>{window.replaceAll('_', ' ')}</dt>
            <dd>{Math.round((utilization ?? 0) * 100)} %</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
