/** Errors of the store. Each message names the file and what to do. */
import { ExpectedError } from '../expected-error.ts';

export type StoreProblem =
  | 'unwritable'
  | 'not-a-database'
  | 'corrupt'
  | 'missing'
  | 'newer-schema'
  | 'replaced'
  | 'linked'
  | 'busy'
  | 'full'
  | 'failing'
  | 'driver';

/** The store cannot be used; the message names the file and what to do. */
export class StoreError extends ExpectedError {
  override name = 'StoreError';
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = problem;
  }
}
