/**
 * A task that an agent passes on to Claude Code: a project whose completion is the answer. Its promise: whoever passes it on
 * can ask for less than the owner allows, and never for more.
 */

/** What a run may do, from the least to the most. */
export const ESCALATION_SCOPES = [
  /** It reads, and answers with a plan. */
  'plan',
  /** It reads files. */
  'readonly',
  /** It changes files, and runs no command. */
  'edit',
  /** Whatever the owner's policy allows. */
  'full',
] as const;

export type EscalationScope = (typeof ESCALATION_SCOPES)[number];

/** What the owner allows at most. */
export interface EscalationCeilings {
  readonly scope: EscalationScope;
  /** US dollars; undefined: as the configuration says for any project. */
  readonly maxUsd: number | undefined;
  readonly timeoutMs: number | undefined;
  /** How long it may wait to begin. */
  readonly maxAgeMs: number;
}

/** The same, as far as somebody asks for less. */
export interface AskedLimits {
  readonly scope: EscalationScope | undefined;
  readonly maxUsd: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxAgeMs: number | undefined;
}

/** The smaller of both, each for itself. */
export function tightened(asked: AskedLimits, most: EscalationCeilings): EscalationCeilings {
  const rank = (scope: EscalationScope) => ESCALATION_SCOPES.indexOf(scope);
  const scope = asked.scope !== undefined && rank(asked.scope) < rank(most.scope) ? asked.scope : most.scope;
  return {
    scope,
    maxUsd: smaller(asked.maxUsd, most.maxUsd),
    timeoutMs: smaller(asked.timeoutMs, most.timeoutMs),
    maxAgeMs: Math.min(asked.maxAgeMs ?? Number.POSITIVE_INFINITY, most.maxAgeMs),
  };
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  const known = [a, b].filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
