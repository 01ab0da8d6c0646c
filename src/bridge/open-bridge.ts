/** An open state folder, and the store in it, which only this room sees: whoever stands outside calls the verbs. */
import type { Clock } from '../clock.ts';
import { LOCAL_MACHINE, type MachineId } from '../project/ids.ts';
import type { Database, DatabaseOptions } from '../store/database.ts';
import { openDatabase } from '../store/open-database.ts';

/** Known to this file alone: no other can name the store behind a bridge. */
const DATABASE = Symbol('database');

/** An open state folder. What is in it is read and changed by the verbs of this room alone. */
export interface Bridge {
  /** The state folder. */
  readonly stateDir: string;
  /** The machine that this process is on. Pids of other machines say nothing here. */
  readonly machineId: MachineId;
  readonly clock: Clock;
  /** Names what stands in the store's place now. Another answer than before: it was moved away, deleted or replaced. */
  identity(): Promise<string>;
  /** Looks through the whole store. Throws StoreError when it is damaged; takes about a second for a million rows. */
  check(): Promise<void>;
  close(): Promise<void>;
  readonly [DATABASE]: Database;
}

/** Opens the state folder, creating it when it is new. Throws StoreError. */
export async function openBridge(
  stateDir: string,
  clock: Clock,
  options: DatabaseOptions = {},
): Promise<Bridge> {
  const database = await openDatabase(stateDir, clock, options);
  return {
    stateDir,
    machineId: LOCAL_MACHINE,
    clock,
    identity: () => database.identity(),
    check: () => database.check(),
    close: () => database.close(),
    [DATABASE]: database,
  };
}

/** The same state folder through another view of its store. */
export function withDatabase(bridge: Bridge, database: Database): Bridge {
  return { ...bridge, [DATABASE]: database };
}

/** The store behind a bridge. */
export function databaseOf(bridge: Bridge): Database {
  return bridge[DATABASE];
}
