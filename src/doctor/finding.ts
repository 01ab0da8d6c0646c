/** What a check says: one line about one thing, and what to do about it. */

/** `skipped`: nothing can be said, or nothing is to be said here; the message tells why. */
export type Verdict = 'ok' | 'warning' | 'problem' | 'skipped' | 'mended';

export interface Observation {
  /** The thing it is about: a path, a program, a name. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** One sentence. */
  readonly message: string;
  /** What a person does about it. */
  readonly fix?: string;
  /** Does what is safe about it, and says what was done. Throws when that did not succeed. */
  readonly mend?: () => Promise<string>;
}

export interface Finding extends Observation {
  /** Group and check, such as `claude.login`. */
  readonly check: string;
}

/** A thing that another check speaks about keeps this one from finding out anything. */
export class Unknowable extends Error {
  override name = 'Unknowable';
}

type Remedy = Pick<Observation, 'fix' | 'mend'>;

export function ok(subject: string, message: string): Observation {
  return { subject, verdict: 'ok', message };
}

export function warning(subject: string, message: string, remedy: Remedy = {}): Observation {
  return { subject, verdict: 'warning', message, ...remedy };
}

export function problem(subject: string, message: string, remedy: Remedy = {}): Observation {
  return { subject, verdict: 'problem', message, ...remedy };
}

export function skipped(subject: string, message: string, remedy: Remedy = {}): Observation {
  return { subject, verdict: 'skipped', message, ...remedy };
}
