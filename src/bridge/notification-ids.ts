import { randomBytes } from 'node:crypto';

/** `n_` and 12 hex digits: never the same again, also in a store that was restored. */
export function newNotificationId(): string {
  return `n_${randomBytes(6).toString('hex')}`;
}

/** Draws an id for each number; the same when a transaction runs once more. */
export function drawnIds(): (number: number) => string {
  const drawn: string[] = [];
  return (number) => {
    drawn[number] ??= newNotificationId();
    return drawn[number];
  };
}
