import type { WireHold } from '../../wire/schemas/hold.ts';
import { HOLD_ENDS, HOLD_WORDS, TO_MEND } from '../hold-words.ts';
import { may } from '../session.ts';
import { untilText } from '../time-text.ts';
import { useAction } from './action.ts';
import { Command } from './command.tsx';
import { ProblemNote } from './problem.tsx';
import { Ago, At, Visible } from './text.tsx';

/** Why no new run starts, and until when. */
export function HoldCard({ hold }: { readonly hold: WireHold }) {
  const { kind, scope, reason, since, source, until } = hold;
  const resume = useAction('POST /resume');
  return (
    <article class="card card-hold">
      <h2 class="card-title">
        {HOLD_WORDS[kind]}
        {scope !== '' && ` (${scope})`}
      </h2>
      {reason !== '' && (
        <p>
          <Visible text={reason} />
        </p>
      )}
      <p class="quiet">
        {until === null ? (
          (HOLD_ENDS[kind] ?? 'Until that is fixed')
        ) : (
          <>
            Until <At time={until} /> ({untilText(until)})
          </>
        )}
        . It began <Ago time={since} />.
      </p>
      {TO_MEND.includes(kind) && (
        <p>
          On the machine: <Command line="bridge-supervisor doctor" />
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
