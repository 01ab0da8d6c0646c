/** The result of a call that may be refused: a value, or the refusal. */

/** A refused call has changed nothing. The refusal is one line for a person: what is wrong, and what to do next. */
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
