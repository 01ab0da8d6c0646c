import type { Problem } from '../api.ts';

/** What the server refused, in its words. */
export function ProblemNote({ problem }: { readonly problem: Problem | undefined }) {
  if (!problem) return null;
  return (
    <p class="note note-bad" role="alert">
      {problem.detail}
    </p>
  );
}
