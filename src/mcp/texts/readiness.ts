import { type Hold, holdEnd } from '../../project/hold.ts';
import type { Project } from '../../project/project.ts';
import { quote } from '../../project/quotation.ts';
import { cleanLine } from '../../project/text.ts';
import { toWireHold } from '../../wire/hold.ts';
import type { ToolReadiness } from '../../wire/schemas/tool-nouns.ts';
import type { Readiness } from '../readiness.ts';

export function readinessFacts({ supervisor, holds }: Readiness): ToolReadiness {
  return {
    supervisor,
    ...(holds.length > 0 ? { holds: holds.map(holdFacts) } : {}),
  };
}

function holdFacts(hold: Hold): NonNullable<ToolReadiness['holds']>[number] {
  const { kind, scope, reason, until } = toWireHold(hold);
  return { kind, scope: cleanLine(scope), reason: cleanLine(reason), until };
}

/**
 * What keeps a project that waits for the supervisor from going on; nothing when all is well. All of it is in our words:
 * a model takes it for what to do next.
 */
export function blockers({ supervisor, holds }: Readiness, status: Project['status']): string[] {
  const safe =
    status === 'pending'
      ? 'the plan is safe and starts when it is'
      : 'nothing is lost, and it continues when it is';
  const lines = supervisorLines(supervisor, safe);
  return status === 'approved' ? lines : [...lines, ...holds.map(holdLine)];
}

/** @param safe What becomes of the work; ends in `when it is`. */
function supervisorLines(state: Readiness['supervisor'], safe: string): string[] {
  switch (state) {
    case 'running':
      return [];
    case 'stopping':
      return [`The supervisor is stopping; ${safe} running again: \`bridge-supervisor start\`.`];
    case 'not_responding':
      return [`The supervisor does not respond; ${safe} running again: \`bridge-supervisor restart\`.`];
    case 'not_running':
    case 'gone':
      return [`The supervisor is not running; ${safe}: \`bridge-supervisor start\`.`];
  }
}

/** The reasons of the holds that keep it back, quoted: the service or Claude may have written them. */
export function holdQuotes({ holds }: Readiness, status: Project['status']): string[] {
  if (status === 'approved') return [];
  return holds
    .filter(({ reason }) => reason !== '')
    .flatMap(({ kind, reason }) => [
      `Why no new run starts (${kind}):`,
      quote(cleanLine(reason).slice(0, 300).toWellFormed()),
    ]);
}

function holdLine(hold: Hold): string {
  const family = scopeName(hold.scope);
  return `No new run${family && ` with a model of the family ${family}`} starts (${hold.kind}) ${holdEnd(hold)}.`;
}

/** The service names it; what is no name is none of ours to repeat. */
function scopeName(scope: string): string {
  return /^[\w.-]{1,40}$/.test(scope) ? scope : '';
}
