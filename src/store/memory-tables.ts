/** The tables of the shared memory, as Kysely sees them. */
import type { Generated } from 'kysely';

export interface MemoryTables {
  /** Each version of each key. */
  memory: {
    /** Gives the order over all keys, and never comes again. */
    version: Generated<number>;
    key: string;
    /** Of the value, in UTF-8; 0: the key was deleted with this version. */
    bytes: number;
    author: string;
    run_id: string | null;
    written_at: string;
    /** When the next version of the key came; null: this is the newest. */
    superseded_at: string | null;
    /** JSON; null: the key was deleted. */
    value: string | null;
  };
}
