/** An answer as a value: what was asked for, or why it is refused. */

/** A refusal has changed nothing; its text is one line for a person: what, and what to do next. */
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly refusal: string;
}

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(refusal: string): Refusal {
  return { ok: false, refusal };
}
