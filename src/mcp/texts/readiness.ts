import type { Project } from '../../project/project.ts';
import { type Hold, holdEnd } from '../../project/retry.ts';
import { cleanLine } from '../../project/text.ts';
import type { Facts } from '../define-tool.ts';
import type { Readiness } from '../readiness.ts';

export function readinessFacts({ supervisor, holds }: Readiness): Facts {
  return {
    supervisor,
    ...(holds.length > 0 ? { holds: holds.map(({ since: _, ...hold }) => hold) } : {}),
  };
}

/** What keeps a project that waits for the supervisor from going on; nothing when all is well. */
export function obstacles({ supervisor, holds }: Readiness, status: Project['status']): string[] {
  const safe =
    status === 'pending'
      ? 'the plan is safe and starts when it is'
      : 'nothing is lost, and it goes on when it is';
  const start = '`bridge-supervisor start`';
  const lines = [];
  if (supervisor === 'not running') lines.push(`The supervisor is not running; ${safe}: ${start}.`);
  if (supervisor === 'stopping')
    lines.push(`The supervisor is about to stop; ${safe} running again: ${start}.`);
  return status === 'approved' ? lines : [...lines, ...holds.map(holdLine)];
}

function holdLine(hold: Hold): string {
  const { kind, scope, reason } = hold;
  const why = `${kind}${reason ? `: ${cleanLine(reason).slice(0, 300)}` : ''}`;
  const what = `No new run${scope ? ` with a model of the family ${scope}` : ''} starts (${why})`;
  return `${what} ${holdEnd(hold)}.`;
}
