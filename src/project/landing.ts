/** How approved work got, or did not get, to where the owner wants it. */

/** What an approval does: merges into the base branch, leaves a branch, or pushes one. */
export const LANDING_ACTIONS = ['merge', 'branch', 'push'] as const;
export type LandingAction = (typeof LANDING_ACTIONS)[number];

export const LANDING_OUTCOMES = [
  'landed', // read back and compared
  'not_landed', // nothing moved; the branch is kept
] as const;
export type LandingOutcome = (typeof LANDING_OUTCOMES)[number];

/** One try at landing approved work. */
export interface Landing {
  readonly id: number;
  readonly approvalId: number;
  readonly action: LandingAction;
  /** The ref that was to move. */
  readonly target: string;
  /** What it named before and after; null when it was not there, or was not moved. */
  readonly fromOid: string | null;
  readonly toOid: string | null;
  readonly outcome: LandingOutcome;
  /** The facts of it, such as conflicts or files in the way. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}
