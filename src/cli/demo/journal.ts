/** Reads the history of the demo's bridge as it grows, tells it, and notices when it takes a wrong turn. */
import type { Bridge } from '../../bridge/bridge.ts';
import { type BridgeEvent, changesSince, overview } from '../../bridge/queries.ts';
import type { Outcome } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import { inTurns, lasted } from '../terminal/time.ts';
import { runLines } from '../views/run-lines.ts';

export interface Journal {
  /** Resolves when all that has happened so far has been told. */
  catchUp(): Promise<void>;
  /**
   * Resolves with the next event of this type, after the last one waited for. Throws SelftestError when something fails or
   * nothing happens for a minute, and what `signal` was aborted with.
   */
  until(type: string): Promise<BridgeEvent>;
}

export interface JournalOptions {
  readonly tell: (event: BridgeEvent) => void;
  readonly live: (text: string) => void;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 120;
const PATIENCE_MS = 60_000;

export function openJournal(bridge: Bridge, { tell, live, signal }: JournalOptions): Journal {
  const { clock } = bridge;
  const events: BridgeEvent[] = [];
  let awaited = 0;
  let heardAt = clock.monotonic();
  let reading: Promise<unknown> = Promise.resolve();

  const catchUp = async (): Promise<void> => {
    const cursor = events.at(-1)?.id ?? 0;
    const changes = await changesSince(bridge, cursor, { waitMs: 0, limit: 1_000 });
    for (const event of changes.events) {
      heardAt = clock.monotonic();
      events.push(event);
      tell(event);
    }
  };
  /** One at a time, so that nothing is told twice. */
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
        const trouble = events.slice(awaited, found < 0 ? undefined : found + 1).find(isTrouble);
        if (trouble) throw new SelftestError(describeTrouble(trouble));
        const event = events[found];
        if (event) {
          awaited = found + 1;
          return event;
        }
        if (clock.monotonic() - heardAt > PATIENCE_MS)
          throw new SelftestError(
            `nothing has happened for ${PATIENCE_MS / 1_000} s, and ${type} was expected`,
          );
        live(await underWay(bridge));
        const cursor = events.at(-1)?.id ?? 0;
        await changesSince(bridge, cursor, { waitMs: LOOK_EVERY_MS, limit: 1, signal });
      }
    },
  };
}

/** The run that is under way, on one line. */
async function underWay(bridge: Bridge): Promise<string> {
  const now = bridge.clock.now();
  const [state] = (await overview(bridge, now, 0)).running;
  if (!state?.run) return 'nothing is running';
  const { round, live, createdAt } = state.run;
  const [activity = ''] = runLines(state.run, null, now, 200);
  const since = lasted(createdAt, now.toISOString());
  return `Claude: ${activity} · round ${round} · ${inTurns(live.turns)} · ${since}`;
}

function isTrouble(event: BridgeEvent): boolean {
  const { type } = event;
  if (type === 'run.ended') return outcomeOf(event).kind !== 'submitted';
  return type === 'hold.set' || type === 'project.needs_attention';
}

function describeTrouble(event: BridgeEvent): string {
  return event.type === 'run.ended' ? describeOutcome(outcomeOf(event)) : String(event.data.reason);
}

/** The outcome in a `run.ended`, as our own supervisor, of the same version, has written it. */
export function outcomeOf({ data }: BridgeEvent): Outcome {
  return data.outcome as Outcome;
}
