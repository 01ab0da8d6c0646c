/** One round: what was measured, what Claude says, what changed, and the decision. */
import type { WireShownEvidence } from '../../wire/schemas/evidence.ts';
import type { WireOverview, WireProjectAnswer } from '../../wire/schemas/http.ts';
import type { WireDecision, WireRound } from '../../wire/schemas/round.ts';
import { actorText } from '../figures.ts';
import { ofOverview, ofRounds } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { Markdown } from '../parts/markdown.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { Ago, Long } from '../parts/text.tsx';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';
import { Changes } from './changes.tsx';
import { DecisionBar } from './decision-bar.tsx';
import { roundRoute } from './routes.ts';
import { TrustBox } from './trust.tsx';
import { UnsentReason } from './unsent-reason.tsx';

interface Props {
  readonly answer: WireProjectAnswer;
  readonly round: WireRound;
}

export function ReviewCard({ answer, round: shown }: Props) {
  const { project, rounds } = answer;
  const { round, attempt, decision } = shown;
  const evidence = useResource<WireShownEvidence>(roundRoute(project.id, round), ofRounds(project.id));
  const before = rounds
    .filter((other) => other.round < round && other.decision?.verdict === 'rejected')
    .at(-1);
  const isWaiting = project.status === 'awaiting_approval' && project.round === round && decision === null;
  const isKnown = evidence.value !== undefined || evidence.problem !== undefined;
  // What could not be read now is not what was never measured.
  const isDecidable = evidence.value !== undefined || evidence.problem?.code === 'not-measured';
  return (
    <article class="review" aria-label={`Round ${round}`}>
      <div class="review-facts">
        {decision && <DecidedNote decision={decision} />}
        {decision && project.round === round && <NextWaiting after={project.id} />}
        {decision && <UnsentReason id={project.id} round={round} />}
        {!isKnown && <p class="quiet">Loading…</p>}
        {evidence.value && <TrustBox key={evidence.value.made_at} evidence={evidence.value} />}
        {evidence.problem && <Unmeasured problem={evidence.problem} />}
        {before?.decision && (
          <section class="asked">
            <h2>You asked for, in round {before.round}</h2>
            <blockquote class="words">
              <Long text={before.decision.reason} />
            </blockquote>
          </section>
        )}
        <Said round={shown} />
        {attempt > 1 && <p class="quiet">This is attempt {attempt} of the round.</p>}
        <Landings round={shown} />
      </div>
      {/* Texts that were read of what was measured before are not those of the tree that is decided on now. */}
      {evidence.value && <Changes key={evidence.value.made_at} evidence={evidence.value} />}
      {isWaiting && isDecidable && (
        <DecisionBar project={project} round={round} evidence={evidence.value ?? null} />
      )}
    </article>
  );
}

function Unmeasured({
  problem,
}: {
  readonly problem: NonNullable<Parameters<typeof ProblemNote>[0]['problem']>;
}) {
  if (problem.code !== 'not-measured') return <ProblemNote problem={problem} />;
  return (
    <p class="note note-warn">
      {problem.facts.state === 'measuring'
        ? 'It is being measured now.'
        : 'Nothing was measured of this round.'}
    </p>
  );
}

function Said({ round: { summary, caveats, submitted_at } }: { readonly round: WireRound }) {
  return (
    <section class="said" aria-labelledby="said">
      <h2 id="said">
        What Claude says, <Ago time={submitted_at} />
      </h2>
      <Markdown text={summary} />
      {caveats === '' ? (
        <p class="quiet">Caveats: none.</p>
      ) : (
        <>
          <h3>Caveats</h3>
          <Markdown text={caveats} />
        </>
      )}
    </section>
  );
}

/** The card stays after the decision, with who decided and when. */
export function DecidedNote({
  decision: { verdict, reason, decided_by, decided_at, allowed },
}: {
  readonly decision: WireDecision;
}) {
  return (
    <section class={`note ${verdict === 'approved' ? 'note-good' : 'note-warn'}`}>
      <p>
        <strong>{verdict === 'approved' ? 'Approved' : 'Rejected'}</strong> by {actorText(decided_by)},{' '}
        <Ago time={decided_at} />.
      </p>
      {reason !== '' && (
        <blockquote class="words">
          <Long text={reason} />
        </blockquote>
      )}
      {allowed.length > 0 && <p>Allowed: {allowed.join(', ')}</p>}
    </section>
  );
}

/** Who has decided on one goes on to the next. */
function NextWaiting({ after }: { readonly after: string }) {
  const overview = useResource<WireOverview>('/overview', ofOverview);
  const next = overview.value?.waiting.find(
    ({ id, status }) => id !== after && status === 'awaiting_approval',
  );
  if (!next) return null;
  return (
    <a class="row" href={projectAddress(next.id, next.round)} data-item>
      <span class="row-title">Next: {plainLine(next.title)}</span>
    </a>
  );
}

function Landings({ round: { landings } }: { readonly round: WireRound }) {
  const last = landings.at(-1);
  if (!last) return null;
  return (
    <p class="quiet">
      Landing on <code>{last.target}</code>: {last.outcome.replaceAll('_', ' ')}, <Ago time={last.at} />.
    </p>
  );
}
