/** Waiting for a person, for as long as a run waits at once. */
import type { Waiting } from '../../bridge/gate.ts';
import type { Clock } from '../../clock.ts';
import type { ProjectId, RequestId } from '../../project/ids.ts';
import type { Verbs } from '../verbs.ts';

interface Caller {
  readonly verbs: Pick<Verbs, 'changesSince' | 'currentCursor' | 'isPassing'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Looks until there is a verdict other than to wait: again with each change of the project, and when the wait is over.
 * Undefined when the client has given the call up. Throws what `look` throws; once the call waits, a store that is locked or full
 * for a while is waited for.
 *
 * @param waitMs How long a call waits at most. It is also measured by time that nobody sets: Claude Code blocks a call whose
 *   hook does not answer, and a clock that is set back would let it wait for that.
 * @param look Is told what of that is left to the caller: all, or nothing.
 */
export async function untilDecided<Verdict extends { readonly kind: string }>(
  projectId: ProjectId,
  { verbs, clock, signal }: Caller,
  waitMs: number,
  look: (waitsFor: RequestId | undefined, waitMs: number) => Promise<Verdict | Waiting>,
): Promise<Exclude<Verdict, Waiting> | undefined> {
  const endsAt = clock.monotonic() + waitMs;
  const lookAgain = async (waitsFor: RequestId) => {
    for (;;) {
      try {
        return await look(waitsFor, clock.monotonic() < endsAt ? waitMs : 0);
      } catch (error) {
        const isPassing = verbs.isPassing(error) && clock.monotonic() < endsAt + LOCKED_MS;
        if (!isPassing || signal.aborted) throw error;
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };
  let verdict = await look(undefined, waitMs);
  while (isWaiting(verdict) && !signal.aborted) {
    const { requestId } = verdict;
    const cursor = await verbs.currentCursor();
    // Once more: a decision that came in between is none of the changes after the cursor.
    verdict = await lookAgain(requestId);
    if (!isWaiting(verdict)) break;
    const leftMs = Math.min(Date.parse(verdict.until) - clock.now().getTime(), endsAt - clock.monotonic());
    await verbs.changesSince(cursor, { waitMs: Math.max(1, leftMs), limit: 1, projectId, signal });
    verdict = await lookAgain(requestId);
  }
  return isWaiting(verdict) ? undefined : (verdict as Exclude<Verdict, Waiting>);
}

/** How long after its wait a call may go on waiting for the store: Claude Code gives its hook a minute more. */
const LOCKED_MS = 40_000;
const RETRY_MS = 500;

function isWaiting(verdict: { readonly kind: string }): verdict is Waiting {
  return verdict.kind === 'wait';
}
