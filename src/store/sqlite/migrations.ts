/**
 * Numbered, forward-only steps from an empty database to today's schema. A step that was released is never edited:
 * a change is a new step at the end. Each is literal text, so that no later change of the program changes it; a list of
 * words that may grow has no CHECK, since SQLite cannot alter one.
 */
import { SCHEMA_1 } from './migrations/0001.ts';
import { SCHEMA_2 } from './migrations/0002.ts';

/** `MIGRATIONS[n]` leads from schema version n to n + 1. They run with foreign keys unchecked; migrate() checks them at the end. */
export const MIGRATIONS: readonly string[] = [SCHEMA_1, SCHEMA_2];
