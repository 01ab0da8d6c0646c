/** Waiting for a person, for as long as a run waits at once. */
import type { Waiting } from '../../bridge/gate.ts';
import type { Clock } from '../../clock.ts';
import type { ProjectId, RequestId } from '../../project/ids.ts';
import type { Verbs } from '../verbs.ts';

interface Caller {
  readonly verbs: Pick<Verbs, 'changesSince' | 'currentCursor'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Looks until there is a verdict other than to wait: again with each change of the project, and when the wait is over.
 * Undefined when the client has given the call up. Throws what `look` throws.
 */
export async function untilDecided<Verdict extends { readonly kind: string }>(
  projectId: ProjectId,
  { verbs, clock, signal }: Caller,
  look: (waitsFor: RequestId | undefined) => Promise<Verdict | Waiting>,
): Promise<Exclude<Verdict, Waiting> | undefined> {
  let verdict = await look(undefined);
  while (isWaiting(verdict) && !signal.aborted) {
    const { requestId } = verdict;
    const cursor = await verbs.currentCursor();
    // Once more: a decision that came in between is none of the changes after the cursor.
    verdict = await look(requestId);
    if (!isWaiting(verdict)) break;
    const waitMs = Math.max(1, Date.parse(verdict.until) - clock.now().getTime());
    await verbs.changesSince(cursor, { waitMs, limit: 1, projectId, signal });
    verdict = await look(requestId);
  }
  return isWaiting(verdict) ? undefined : (verdict as Exclude<Verdict, Waiting>);
}

function isWaiting(verdict: { readonly kind: string }): verdict is Waiting {
  return verdict.kind === 'wait';
}
