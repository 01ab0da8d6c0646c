/** Turns the history into the lines of loop.log, whoever made it: one line per start, stop, run, outcome, decision, hold. */
import type { Bridge } from '../bridge/bridge.ts';
import { type BridgeEvent, changesSince, currentCursor } from '../bridge/queries.ts';
import type { Fields, Log } from '../log.ts';
import type { Outcome } from '../project/outcome.ts';
import { describeOutcome } from '../project/outcome-text.ts';

export class HistoryLog {
  readonly #bridge: Bridge;
  readonly #log: Log;
  #cursor: number;

  private constructor(bridge: Bridge, log: Log, cursor: number) {
    this.#bridge = bridge;
    this.#log = log;
    this.#cursor = cursor;
  }

  /** A log of what happens from now on. */
  static async open(bridge: Bridge, log: Log): Promise<HistoryLog> {
    return new HistoryLog(bridge, log, await currentCursor(bridge));
  }

  /** Logs what has happened since the last call. */
  async catchUp(): Promise<void> {
    for (;;) {
      const { events, cursor } = await changesSince(this.#bridge, this.#cursor, { waitMs: 0, limit: 200 });
      if (events.length === 0) return;
      this.#cursor = cursor;
      for (const event of events) this.#write(event);
    }
  }

  #write(event: BridgeEvent): void {
    const { type, projectId, runId, actor, data } = event;
    const fields: Record<string, Fields[string]> = {};
    if (projectId !== null) fields.project = projectId;
    if (runId !== null) fields.run = runId;
    if (actor !== 'supervisor') fields.by = actor;
    if (type === 'run.ended') {
      const outcome = data.outcome as Outcome;
      const level = QUIET_OUTCOMES.includes(outcome.kind) ? 'info' : 'warn';
      this.#log[level](
        type,
        { ...fields, outcome: outcome.kind, cost_usd: money(data.cost_usd) },
        describeOutcome(outcome),
      );
      return;
    }
    const level = type === 'project.needs_attention' || type === 'hold.set' ? 'warn' : 'info';
    this.#log[level](type, { ...fields, ...plain(data) });
  }
}

const QUIET_OUTCOMES: readonly Outcome['kind'][] = ['submitted', 'cancelled', 'interrupted', 'no_completion'];
const LONGEST_VALUE = 200;

/** What fits on a line: simple values, long ones shortened. */
function plain(data: BridgeEvent['data']): Fields {
  const entries = Object.entries(data).flatMap(([key, value]) => {
    if (typeof value === 'number' || typeof value === 'boolean') return [[key, value]];
    if (typeof value !== 'string' || value === '') return [];
    return [[key, value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value]];
  });
  return Object.fromEntries(entries);
}

function money(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(4) : 'unknown';
}
