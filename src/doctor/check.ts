/** A check, and its result: a verdict on one subject, in one sentence, with what to do about it. */

export interface Check {
  /** Unique within its group, such as `login`. */
  readonly name: string;
  /** What it checks, for the message of a timeout. */
  readonly subject: string;
  /** In milliseconds; DEFAULT_TIMEOUT_MS unless given. */
  readonly timeoutMs?: number;
  /** Time to clean up after a timeout, in milliseconds; DEFAULT_GRACE_MS unless given. */
  readonly graceMs?: number;
  /**
   * Changes nothing. May throw Inconclusive; anything else thrown is reported as a problem.
   *
   * @param signal Aborts at the timeout; the check then ends what it started.
   */
  run(signal: AbortSignal): Promise<FindingFacts | readonly FindingFacts[]>;
}

export interface CheckGroup {
  /** As a person names it: `doctor claude`. */
  readonly name: string;
  readonly title: string;
  readonly checks: readonly Check[];
}

/** `skipped`: unknown or not needed; the message says why. `fixed`: `doctor --fix` has just corrected it. */
export type FindingVerdict = 'ok' | 'warning' | 'problem' | 'skipped' | 'fixed';

export interface FindingFacts {
  /** A path, a program, a name. */
  readonly subject: string;
  readonly verdict: FindingVerdict;
  /** One sentence. */
  readonly message: string;
  /** What a person can do about it. */
  readonly hint?: string;
  /** Of a skipped result, why there is none; of any other, why other checks have none. */
  readonly cause?: Cause;
  /** Applies the safe fix and returns what it did. Throws when it fails. */
  readonly fix?: () => Promise<string>;
}

/** A result and the check that it comes from. */
export interface Finding extends FindingFacts {
  /** Group and check, such as `claude.login`. */
  readonly check: string;
}

/** What keeps several checks from a result. One of them reports it. */
export type Cause =
  | 'config_invalid'
  | 'service_environment_unknown'
  | 'claude_missing'
  | 'no_database'
  | 'database_unreadable'
  | 'database_damaged'
  | 'no_service'
  | 'no_state_folder'
  | 'state_folder_closed';

/** The check has no result, for a cause that another check reports. */
export class Inconclusive extends Error {
  override name = 'Inconclusive';
  override readonly cause: Cause;

  constructor(cause: Cause, message: string) {
    super(message);
    this.cause = cause;
  }
}

type More = Pick<FindingFacts, 'hint' | 'fix' | 'cause'>;

export function ok(subject: string, message: string): FindingFacts {
  return { subject, verdict: 'ok', message };
}

export function warning(subject: string, message: string, more: More = {}): FindingFacts {
  return { subject, verdict: 'warning', message, ...more };
}

export function problem(subject: string, message: string, more: More = {}): FindingFacts {
  return { subject, verdict: 'problem', message, ...more };
}

export function skipped(subject: string, message: string, more: More = {}): FindingFacts {
  return { subject, verdict: 'skipped', message, ...more };
}
