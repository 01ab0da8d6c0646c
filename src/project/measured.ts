/** What follows from what was measured of a round: rules without the schema, for who must not load it, such as a browser. */
import type { CheckResult, Evidence, Finding } from './evidence.ts';

type Trees = {
  readonly [Of in 'git' | 'snapshot']: { readonly tree: string } | null;
};

/** What a decision is bound to; null where nothing was measured. */
export function treeOf({ git, snapshot }: Trees): string | null {
  return git?.tree ?? snapshot?.tree ?? null;
}

/** What the work is compared with; null where nothing was measured. */
export function baseOf({ git, snapshot }: Pick<Evidence, 'git' | 'snapshot'>): string | null {
  return git?.baseOid ?? snapshot?.baseTree ?? null;
}

/** A check passed when it ended by itself, with 0. */
export function hasPassed({ exitCode, timedOut }: Pick<CheckResult, 'exitCode' | 'timedOut'>): boolean {
  return exitCode === 0 && !timedOut;
}

/** Of all checks; null when there are none. */
export function havePassed(checks: readonly CheckResult[]): boolean | null {
  return checks.length === 0 ? null : checks.every(hasPassed);
}

interface Reviewed {
  readonly review: { readonly findings: readonly Finding[] } | null;
}

/** What a reviewer says must not stay so. */
export function blockingFindings({ review }: Reviewed): readonly Finding[] {
  return review?.findings.filter(({ severity }) => severity === 'blocking') ?? [];
}

/**
 * Whether it was measured, and nothing in it asks for a closer look: no red check, no warning, no claim that is wrong, and
 * a review, where the owner asks for one, that took place and blocks nothing.
 */
export function isClean(evidence: Evidence): boolean {
  const { claims, review } = evidence;
  return (
    evidence.measured &&
    evidence.checksPassed !== false &&
    evidence.warnings.length === 0 &&
    Object.values(claims).every((paths) => paths.length === 0) &&
    (review === null || review.cause === null) &&
    blockingFindings(evidence).length === 0
  );
}

type Denier = Evidence['denied'][number]['by'];

const DENIERS: Readonly<Record<Denier, string>> = {
  rule: 'a rule',
  mode: 'its permission mode',
  person: 'a person',
  sandbox: 'the sandbox',
};

/** Who denied a call of Claude. */
export function describeDenier(by: Denier): string {
  return DENIERS[by];
}
