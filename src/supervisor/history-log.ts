/**
 * Turns the history into lines of loop.log, whoever caused the events: one line for each start, stop, run, outcome,
 * decision and hold.
 */

import type { Bridge } from '../bridge/bridge.ts';
import { type Cursor, changesSince, currentCursor } from '../bridge/changes.ts';
import { cut } from '../characters.ts';
import type { Fields, Log } from '../log.ts';
import {
  alike,
  type BridgeEvent,
  type EventTable,
  present,
  typeOf,
  type UnknownEvent,
} from '../project/event.ts';
import type { OutcomeKind } from '../project/outcome.ts';
import { describeOutcome } from '../project/outcome-text.ts';
import { withSnakeCase } from '../snake-case.ts';

/** Writes new events to the log, each once. */
export class HistoryLog {
  readonly #bridge: Bridge;
  readonly #log: Log;
  #cursor: Cursor;

  private constructor(bridge: Bridge, log: Log, cursor: Cursor) {
    this.#bridge = bridge;
    this.#log = log;
    this.#cursor = cursor;
  }

  /** Begins at the newest event. Throws StoreError. */
  static async open(bridge: Bridge, log: Log): Promise<HistoryLog> {
    return new HistoryLog(bridge, log, await currentCursor(bridge));
  }

  /** Logs the events since the last call. Throws StoreError. */
  async catchUp(): Promise<void> {
    for (;;) {
      const { events, cursor } = await changesSince(this.#bridge, this.#cursor, { waitMs: 0, limit: 200 });
      if (events.length === 0) return;
      this.#cursor = cursor;
      for (const event of events) this.#write(event);
    }
  }

  #write(event: BridgeEvent): void {
    const { projectId, runId, actor } = event;
    const subject: Record<string, Fields[string]> = {};
    if (projectId !== null) subject.project = projectId;
    if (runId !== null) subject.run = runId;
    if (actor !== 'supervisor') subject.by = actor;
    const { level, facts, message } = present(event, LINES, unknownLine);
    this.#log[level](typeOf(event), { ...subject, ...onOneLine(facts) }, message);
  }
}

interface Line {
  readonly level: 'info' | 'warn';
  readonly facts: Facts;
  readonly message?: string;
}

type Facts = Readonly<Record<string, unknown>>;

const info = (facts: Facts): Line => ({ level: 'info', facts: withSnakeCase(facts) });
const warn = (facts: Facts): Line => ({ level: 'warn', facts: withSnakeCase(facts) });

/** An event is worth a warning only where it is named here. */
const LINES: EventTable<Line> = {
  ...alike(info),
  'project.needs_attention': warn,
  'hold.set': warn,
  'run.ended': ({ outcome, costUsd }) => ({
    level: QUIET_OUTCOMES.includes(outcome.kind) ? 'info' : 'warn',
    facts: { outcome: outcome.kind, cost_usd: costUsd === null ? 'unknown' : costUsd.toFixed(4) },
    message: describeOutcome(outcome),
  }),
};

const QUIET_OUTCOMES: readonly OutcomeKind[] = [
  'submitted',
  'reviewed',
  'cancelled',
  'interrupted',
  'no_completion',
];

function unknownLine({ raw }: UnknownEvent): Line {
  return { level: 'info', facts: typeof raw.data === 'object' && raw.data !== null ? { ...raw.data } : {} };
}

const MAX_VALUE_LENGTH = 200;

/** The values that fit on a line: simple ones, cut when they are long. */
function onOneLine(facts: Facts): Fields {
  const entries = Object.entries(facts).flatMap(([key, value]) => {
    if (typeof value === 'number' || typeof value === 'boolean') return [[key, value]];
    if (typeof value !== 'string' || value === '') return [];
    return [[key, value.length > MAX_VALUE_LENGTH ? `${cut(value, MAX_VALUE_LENGTH)}…` : value]];
  });
  return Object.fromEntries(entries);
}
