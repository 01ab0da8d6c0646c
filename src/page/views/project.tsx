/** One project: what it wants from the person, what was done, and what can be done with it. */
import { dollars } from '../../project/costs.ts';
import { isUndecided } from '../../project/request.ts';
import type { WireProjectAnswer } from '../../wire/schemas/http.ts';
import type { WireRun } from '../../wire/schemas/run.ts';
import { durationText } from '../duration-text.ts';
import { folderText, plural, spentText } from '../figures.ts';
import { useAhead } from '../live/ahead.ts';
import { ofProject } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { useRefreshWhile } from '../live/use-refresh.ts';
import { Attention } from '../parts/attention.tsx';
import { Icon } from '../parts/icons.tsx';
import { PlanEditor } from '../parts/plan-editor.tsx';
import { PlanText } from '../parts/plan-text.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { ProjectActions } from '../parts/project-actions.tsx';
import { RequestCard } from '../parts/request-card.tsx';
import { RunOutput } from '../parts/run-output.tsx';
import { RunProgress } from '../parts/running-card.tsx';
import { StatusPill } from '../parts/status.tsx';
import { Ago, Long } from '../parts/text.tsx';
import { WaitingList } from '../parts/waiting-list.tsx';
import { ReviewCard } from '../review/review-card.tsx';
import { reviewRoutes } from '../review/routes.ts';
import { UnsentReason } from '../review/unsent-reason.tsx';
import { projectAddress } from '../route.ts';
import { WHAT_NEXT } from '../status-words.ts';
import { plainLine } from '../visible-text.ts';
import { isWide } from '../wide.ts';

export function ProjectPage({ id, round }: { readonly id: string; readonly round: number | undefined }) {
  useAhead(round === undefined ? {} : reviewRoutes(id, round));
  const details = useResource<WireProjectAnswer>(`/projects/${id}`, ofProject(id));
  const answer = details.value;
  const isRunning = answer?.runs.at(-1)?.ended_at === null;
  useRefreshWhile(isRunning, details.refresh);
  return (
    <section class={`page page-project ${isWide.value ? 'page-beside' : ''}`}>
      {isWide.value ? (
        <WaitingList shown={id} />
      ) : (
        <a class="back" href="#/">
          <Icon name="back" /> What waits
        </a>
      )}
      <div class="project">
        {!answer &&
          (details.problem ? (
            <Missing problem={details.problem} id={id} round={round} />
          ) : (
            <p class="quiet">Loading…</p>
          ))}
        {answer && <Whole answer={answer} round={round} />}
      </div>
    </section>
  );
}

/** It cannot be shown, or is gone, as after a restored backup. */
function Missing({
  problem,
  id,
  round,
}: {
  readonly problem: NonNullable<Parameters<typeof ProblemNote>[0]['problem']>;
  readonly id: string;
  readonly round: number | undefined;
}) {
  return (
    <>
      <h1>Project</h1>
      <ProblemNote problem={problem} />
      {round !== undefined && <UnsentReason id={id} round={round} />}
    </>
  );
}

function Whole({
  answer,
  round,
}: {
  readonly answer: WireProjectAnswer;
  readonly round: number | undefined;
}) {
  const { project, rounds, requests, runs } = answer;
  const present = rounds.at(-1);
  const shown = round === undefined ? present : rounds.find((one) => one.round === round);
  const running = runs.findLast(({ ended_at }) => ended_at === null);
  const asked = requests.filter(isUndecided);
  const isReviewed = project.status === 'awaiting_approval' || round !== undefined;
  return (
    <>
      <Head answer={answer} />
      {project.status === 'attention' && <Attention project={project} />}
      {asked.map((request) => (
        <RequestCard key={request.id} request={request} />
      ))}
      {running && <Live run={running} />}
      {round !== undefined && !shown && (
        <p class="note note-warn">
          Nothing was submitted in round {round}. <a href={projectAddress(project.id)}>Show the project</a>
        </p>
      )}
      {shown && round !== undefined && shown !== present && present && (
        <p class="note note-warn">
          This is round {shown.round}, which has passed.{' '}
          <a href={projectAddress(project.id, present.round)}>Show round {present.round}</a>
        </p>
      )}
      {shown && <ReviewCard key={`${shown.round}.${shown.attempt}`} answer={answer} round={shown} />}
      {!isReviewed && !shown && !running && <p class="quiet">{WHAT_NEXT[project.status]}</p>}
      <ProjectActions answer={answer} />
      <History answer={answer} shown={shown?.round} />
    </>
  );
}

function Head({ answer }: { readonly answer: WireProjectAnswer }) {
  const {
    project,
    worktree,
    spent_usd,
    runs_of_unknown_cost: unknown,
    waits_for,
    completion,
    requests,
  } = answer;
  const isWaiting = project.status === 'awaiting_approval';
  const isAsking = requests.some(isUndecided);
  return (
    <header class="project-head">
      <div class="card-head">
        <h1>{plainLine(project.title)}</h1>
        <StatusPill status={isAsking ? 'awaiting_answer' : project.status} />
      </div>
      <p class="facts">
        <span>round {project.round}</span>
        {isWaiting && completion ? (
          <span>
            submitted <Ago time={completion.submitted_at} />
          </span>
        ) : (
          <span>
            changed <Ago time={project.updated_at} />
          </span>
        )}
        <span>{spentText(spent_usd, unknown)}</span>
        <span title={plainLine(project.workspace)}>
          {plainLine(folderText(worktree?.repo ?? project.workspace))}
        </span>
        {worktree && <span>{plainLine(worktree.branch)}</span>}
      </p>
      {waits_for.length > 0 && (
        <p>
          Waits for{' '}
          {waits_for.map(({ project_id, title }) => (
            <a key={project_id} href={projectAddress(project_id)}>
              {plainLine(title)}{' '}
            </a>
          ))}
        </p>
      )}
    </header>
  );
}

function Live({ run }: { readonly run: WireRun }) {
  const { last_sign_at: sign } = run.live;
  return (
    <section class="card" aria-label="Working now">
      <div class="card-head">
        <h2>Working now</h2>
        {sign !== null && (
          <p class="facts">
            <span>
              sign of life <Ago time={sign} />
            </span>
          </p>
        )}
      </div>
      <RunProgress run={run} />
      <RunOutput key={run.id} id={run.id} />
    </section>
  );
}

function History({
  answer,
  shown,
}: {
  readonly answer: WireProjectAnswer;
  readonly shown: number | undefined;
}) {
  const { project, rounds, runs, updates, markdown, plan_revisions, waiting_messages } = answer;
  const earlier = rounds.filter(({ round }) => round !== shown);
  return (
    <div class="history">
      {waiting_messages.length > 0 && (
        <section>
          <h2>Messages that Claude has not confirmed</h2>
          {waiting_messages.map(({ id, message }) => (
            <blockquote key={id} class="words">
              <Long text={message} max={600} />
            </blockquote>
          ))}
        </section>
      )}
      {earlier.length > 0 && (
        <section>
          <h2>Other rounds</h2>
          <ul class="rows">
            {earlier.map(({ round, decision, attempt }) => (
              <li key={`${round}.${attempt}`}>
                <a class="row" href={projectAddress(project.id, round)}>
                  <span class="row-title">Round {round}</span>
                  <span class="quiet">{decision?.verdict ?? 'no decision'}</span>
                  {decision && decision.reason !== '' && (
                    <span class="row-where clamp">
                      <Long text={decision.reason} max={200} />
                    </span>
                  )}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <details>
        <summary>Plan{plan_revisions.length > 1 && `, revision ${plan_revisions.length}`}</summary>
        <PlanText markdown={markdown} />
        <PlanEditor project={project} markdown={markdown} />
      </details>
      {updates.length > 0 && (
        <details>
          <summary>{plural(updates.length, 'update')}</summary>
          <ul class="timeline">
            {updates.toReversed().map(({ id, message, created_at }) => (
              <li key={id}>
                <span class="quiet">
                  <Ago time={created_at} />
                </span>{' '}
                <Long text={message} max={600} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {runs.length > 0 && (
        <details>
          <summary>{plural(runs.length, 'run')}</summary>
          <Runs runs={runs} />
        </details>
      )}
    </div>
  );
}

function Runs({ runs }: { readonly runs: readonly WireRun[] }) {
  return (
    <ul class="timeline">
      {runs.toReversed().map((run) => (
        <li key={run.id}>
          <span class="facts">
            <span>{run.kind}</span>
            <span>round {run.round}</span>
            <span>{run.outcome?.kind.replaceAll('_', ' ') ?? 'under way'}</span>
            {run.ended_at !== null && (
              <span>{durationText(Date.parse(run.ended_at) - Date.parse(run.created_at))}</span>
            )}
            <span>{run.cost_usd === null ? 'no figure' : dollars(run.cost_usd)}</span>
            <span>{run.model_used ?? run.model ?? ''}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
