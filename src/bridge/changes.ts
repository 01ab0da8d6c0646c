/** What has changed: a wake-up for a loop, and the events since a cursor for whoever follows. */

import type { BridgeEvent } from '../project/event.ts';
import type { ProjectId } from '../project/ids.ts';
import { cleanLine } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { ChangeFeed } from '../store/database.ts';
import {
  BEGINNING,
  type Cursor,
  cursorAfter,
  eventsAfter,
  newestCursor,
  parseCursor,
} from '../store/events.ts';
import { storeName } from '../store/store-name.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { untilFound } from './until-found.ts';

export type { ChangeFeed };

export { BEGINNING, type Cursor };

/** Wakes as soon as another process, or anyone, has changed something. */
export function watchChanges(bridge: Bridge, whose: 'others' | 'anyone' = 'others'): ChangeFeed {
  return databaseOf(bridge).changes(whose);
}

export interface Changes {
  /** Give this to the next call. */
  readonly cursor: Cursor;
  /** Each with the cursor that continues after it. */
  readonly events: readonly (BridgeEvent & { readonly cursor: Cursor })[];
}

/** The cursor that means "from now on". */
export async function currentCursor(bridge: Bridge): Promise<Cursor> {
  return newestCursor(databaseOf(bridge).read);
}

/** Which history this is, and from where on it can be read. */
export interface History {
  /** Another one where the store is new, or was restored from a backup: no cursor of before counts in it. */
  readonly epoch: string;
  /** No event is ever removed. */
  readonly oldest: Cursor;
}

export async function historyOf(bridge: Bridge): Promise<History> {
  const { read } = databaseOf(bridge);
  return { epoch: await storeName(read), oldest: BEGINNING };
}

/** The cursor that somebody brings back from an earlier answer; refused when it is none of this store. */
export async function cursorFrom(bridge: Bridge, text: string): Promise<Result<Cursor>> {
  const cursor = await parseCursor(databaseOf(bridge).read, text);
  if (cursor !== undefined) return ok(cursor);
  return refuse(`cursor ${cleanLine(text.slice(0, 100))} is from another store.`);
}

/**
 * What happened after `cursor`, at once when there is something, otherwise as soon as there is, at the latest after
 * `waitMs`. `projectId` narrows it to one project.
 */
export async function changesSince(
  bridge: Bridge,
  cursor: Cursor,
  options: {
    readonly waitMs: number;
    readonly limit: number;
    readonly projectId?: ProjectId;
    readonly signal?: AbortSignal;
  },
): Promise<Changes> {
  const { limit, projectId } = options;
  const read = async (): Promise<Changes> => {
    const found = await eventsAfter(databaseOf(bridge).read, cursor, limit, projectId);
    const events = found.map((event) => ({ ...event, cursor: cursorAfter(event) }));
    return { events, cursor: events.at(-1)?.cursor ?? cursor };
  };
  return untilFound(bridge, read, ({ events }) => events.length > 0, options);
}
