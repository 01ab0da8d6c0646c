import { useSignal } from '@preact/signals';
import type { WireProject } from '../../wire/schemas/project.ts';
import { announce } from '../announce.ts';
import { may } from '../session.ts';
import { useAction } from './action.ts';
import { ProblemNote } from './problem.tsx';
import { Long } from './text.tsx';

/** Why a project is stuck, and what lets it go on. */
export function Attention({ project }: { readonly project: WireProject }) {
  const retry = useAction(`POST /projects/${project.id}/retry`);
  const budget = useSignal('');
  const send = async (event: Event) => {
    event.preventDefault();
    const usd = Number(budget.peek());
    const answer = await retry.run(budget.peek() === '' ? {} : { budget: usd });
    if (answer?.ok) announce('It goes on.');
  };
  return (
    <section class="card card-bad" aria-label="Why it is stuck">
      <h2>It is stuck</h2>
      <p>
        <Long text={project.attention ?? ''} />
      </p>
      {may('decide') && (
        <form class="retry" onSubmit={(event) => void send(event)}>
          <div class="field">
            <label for="budget">All its runs together may cost, in dollars (empty: as before)</label>
            <input
              id="budget"
              type="number"
              inputMode="decimal"
              min="0.01"
              step="0.01"
              value={budget}
              onInput={({ currentTarget }) => (budget.value = currentTarget.value)}
            />
          </div>
          <button type="submit" class="primary" disabled={retry.isOff}>
            Retry
          </button>
        </form>
      )}
      <ProblemNote problem={retry.problem} />
    </section>
  );
}
