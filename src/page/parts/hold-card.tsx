import type { WireHold } from '../../wire/schemas/hold.ts';
import { may } from '../session.ts';
import { untilText } from '../time-text.ts';
import { useAction } from './action.ts';
import { ProblemNote } from './problem.tsx';
import { Ago, At, Visible } from './text.tsx';

const WORDS: Readonly<Record<WireHold['kind'], string>> = {
  paused: 'Paused',
  usage_limit: 'Usage limit',
  service_unavailable: 'The service does not answer',
  model_unavailable: 'The model is unknown to the service',
  not_logged_in: 'Claude Code is not logged in',
  billing: 'Billing',
  claude_missing: 'Claude Code was not found',
  claude_failing: 'Claude Code fails at its start',
  tools_missing: 'Claude Code starts without our tools',
  disk_low: 'Too little room on the disk',
  quiet_hours: 'Quiet hours',
  reserve: 'The share of the usage that is kept for you',
  budget: 'The budget is spent',
  sandbox_missing: 'The sandbox cannot be started',
  unreviewed: 'Enough results wait for you',
};

/** What only somebody at the machine can mend. */
const TO_MEND: readonly WireHold['kind'][] = [
  'not_logged_in',
  'billing',
  'claude_missing',
  'claude_failing',
  'tools_missing',
  'disk_low',
  'sandbox_missing',
];

/** What ends a hold that no time ends. */
const ENDS: Partial<typeof WORDS> = {
  paused: 'Until somebody ends it',
  unreviewed: 'Until you decide on one of them',
};

/** Why no new run starts, and until when. */
export function HoldCard({ hold }: { readonly hold: WireHold }) {
  const { kind, scope, reason, since, source, until } = hold;
  const resume = useAction('POST /resume');
  return (
    <article class="card card-hold">
      <h2 class="card-title">
        {WORDS[kind]}
        {scope !== '' && ` (${scope})`}
      </h2>
      {reason !== '' && (
        <p>
          <Visible text={reason} />
        </p>
      )}
      <p class="quiet">
        {until === null ? (
          (ENDS[kind] ?? 'Until that is fixed')
        ) : (
          <>
            Until <At time={until} /> ({untilText(until)})
          </>
        )}
        . It began <Ago time={since} />.
      </p>
      {TO_MEND.includes(kind) && (
        <p>
          On the machine: <code>bridge-supervisor doctor</code>
        </p>
      )}
      {/* What the supervisor sees by a look it sees again, whoever ends the hold. */}
      {may('decide') && source !== 'conditions' && (
        <div class="choices">
          <button type="button" disabled={resume.isOff} onClick={() => void resume.run()}>
            {kind === 'paused' ? 'Resume' : 'Try now'}
          </button>
        </div>
      )}
      <ProblemNote problem={resume.problem} />
    </article>
  );
}
