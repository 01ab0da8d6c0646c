/** Follows the history of the demo, reports each event, and fails when the loop goes wrong or stops. */
import type { Bridge } from '../../bridge/bridge.ts';
import { BEGINNING, changesSince } from '../../bridge/changes.ts';
import { overview } from '../../bridge/queries.ts';
import type { BridgeEvent, EventType } from '../../project/event.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import { inTurns, lasted } from '../terminal/time.ts';
import { runLines } from '../views/run-lines.ts';

export interface EventWaiter {
  /** Resolves once every event so far is reported. */
  catchUp(): Promise<void>;
  /**
   * Resolves with the next event of this type, after the last one waited for. Throws SelftestError when something fails or
   * nothing happens for a minute, and what `signal` was aborted with.
   */
  until(type: EventType): Promise<BridgeEvent>;
}

export interface EventWaiterOptions {
  readonly report: (event: BridgeEvent) => void;
  readonly live: (text: string) => void;
  readonly signal: AbortSignal;
}

const POLL_MS = 120;
const TIMEOUT_MS = 60_000;

export function openEventWaiter(bridge: Bridge, { report, live, signal }: EventWaiterOptions): EventWaiter {
  const { clock } = bridge;
  const events: BridgeEvent[] = [];
  let cursor = BEGINNING;
  let awaited = 0;
  let heardAt = clock.monotonic();
  let reading: Promise<unknown> = Promise.resolve();

  const catchUp = async (): Promise<void> => {
    const changes = await changesSince(bridge, cursor, { waitMs: 0, limit: 1_000 });
    cursor = changes.cursor;
    for (const event of changes.events) {
      heardAt = clock.monotonic();
      events.push(event);
      report(event);
    }
  };
  /** One at a time, so that no event is reported twice. */
  const next = (): Promise<void> => {
    const turn = reading.then(catchUp);
    reading = turn.catch(() => undefined);
    return turn;
  };

  return {
    catchUp: next,
    async until(type) {
      for (;;) {
        signal.throwIfAborted();
        await next();
        const found = events.findIndex((event, index) => index >= awaited && event.type === type);
        const [failure] = events
          .slice(awaited, found < 0 ? undefined : found + 1)
          .flatMap((event) => troubleIn(event) ?? []);
        if (failure !== undefined) throw new SelftestError(failure);
        const event = events[found];
        if (event) {
          awaited = found + 1;
          return event;
        }
        if (clock.monotonic() - heardAt > TIMEOUT_MS)
          throw new SelftestError(`timed out after ${TIMEOUT_MS / 1_000} s waiting for ${type}`);
        live(await underWay(bridge));
        await changesSince(bridge, cursor, { waitMs: POLL_MS, limit: 1, signal });
      }
    },
  };
}

/** The run that is under way, on one line. */
async function underWay(bridge: Bridge): Promise<string> {
  const now = bridge.clock.now();
  const [state] = (await overview(bridge, 0)).running;
  if (!state?.run) return 'nothing is running';
  const { round, live, createdAt } = state.run;
  const [activity = ''] = runLines(state.run, null, now, 200);
  const since = lasted(createdAt, now.toISOString());
  return `Claude: ${activity} · round ${round} · ${inTurns(live.turns)} · ${since}`;
}

/** What stops the demo: an end without submitted work, a hold, a project that needs a person. */
function troubleIn(event: BridgeEvent): string | undefined {
  switch (event.type) {
    case 'run.ended':
      return event.data.outcome.kind === 'submitted' ? undefined : describeOutcome(event.data.outcome);
    case 'hold.set':
    case 'project.needs_attention':
      return event.data.reason;
    default:
      return undefined;
  }
}
