/** The result of a call that may be refused: a value, or the refusal. */

/**
 * A refused call has changed nothing. The refusal is one line for a person: what is wrong, and what to do next; or data
 * (`R`), where what follows depends on it.
 */
export type Result<T, R = string> = { readonly ok: true; readonly value: T } | Refusal<R>;

export interface Refusal<R = string> {
  readonly ok: false;
  readonly refusal: R;
}

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function refuse<R = string>(refusal: R): Refusal<R> {
  return { ok: false, refusal };
}
