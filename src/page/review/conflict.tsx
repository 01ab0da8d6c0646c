import type { Problem } from '../api.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { projectAddress } from '../route.ts';

/** A decision that was refused, and where to go now. */
export function Conflict({ problem, id }: { readonly problem: Problem | undefined; readonly id: string }) {
  const round = problem?.facts.round;
  if (problem?.code !== 'round-moved-on' || typeof round !== 'number')
    return <ProblemNote problem={problem} />;
  return (
    <p class="note note-warn" role="alert">
      That round has passed: this is round {round} now.{' '}
      <a href={projectAddress(id, round)}>Show round {round}</a>
    </p>
  );
}
