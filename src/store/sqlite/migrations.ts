/**
 * Numbered, forward-only steps from an empty database to today's schema.
 *
 * - A step is literal text: no constant of the program, which may change later, is part of it.
 * - A released step is never edited; a change is a new step. Released so far: none. Who publishes a version marks its
 *   last step in `test/store/migrations.test.ts`, which pins the digest of each.
 * - A list of words that may grow has no CHECK: SQLite cannot alter one. The row is checked where it is read.
 * - A step that programs of the schema before it cannot live with sets `meta.compatible_from` to its own number.
 *
 * After a change here, `npm run schema` writes `schema.sql` and the fixture of a new schema.
 */
import { SCHEMA_1 } from './migrations/0001.ts';
import { SCHEMA_2 } from './migrations/0002.ts';
import { SCHEMA_3 } from './migrations/0003.ts';
import { SCHEMA_4 } from './migrations/0004.ts';
import { SCHEMA_5 } from './migrations/0005.ts';
import { SCHEMA_6 } from './migrations/0006.ts';
import { SCHEMA_7 } from './migrations/0007.ts';
import { SCHEMA_8 } from './migrations/0008.ts';
import { SCHEMA_9 } from './migrations/0009.ts';
import { SCHEMA_10 } from './migrations/0010.ts';
import { SCHEMA_11 } from './migrations/0011.ts';
import { SCHEMA_12 } from './migrations/0012.ts';
import { SCHEMA_13 } from './migrations/0013.ts';
import { SCHEMA_14 } from './migrations/0014.ts';
import { SCHEMA_15 } from './migrations/0015.ts';
import { SCHEMA_16 } from './migrations/0016.ts';
import { SCHEMA_17 } from './migrations/0017.ts';
import { SCHEMA_18 } from './migrations/0018.ts';
import { SCHEMA_19 } from './migrations/0019.ts';
import { SCHEMA_20 } from './migrations/0020.ts';
import { SCHEMA_21 } from './migrations/0021.ts';
import { SCHEMA_22 } from './migrations/0022.ts';
import { SCHEMA_23 } from './migrations/0023.ts';
import { SCHEMA_24 } from './migrations/0024.ts';
import { SCHEMA_25 } from './migrations/0025.ts';
import { SCHEMA_26 } from './migrations/0026.ts';
import { SCHEMA_27 } from './migrations/0027.ts';

/**
 * `MIGRATIONS[n]` migrates from schema version n to n + 1. Foreign keys are off meanwhile; migrate() checks them at the
 * end.
 */
export const MIGRATIONS: readonly string[] = [
  SCHEMA_1,
  SCHEMA_2,
  SCHEMA_3,
  SCHEMA_4,
  SCHEMA_5,
  SCHEMA_6,
  SCHEMA_7,
  SCHEMA_8,
  SCHEMA_9,
  SCHEMA_10,
  SCHEMA_11,
  SCHEMA_12,
  SCHEMA_13,
  SCHEMA_14,
  SCHEMA_15,
  SCHEMA_16,
  SCHEMA_17,
  SCHEMA_18,
  SCHEMA_19,
  SCHEMA_20,
  SCHEMA_21,
  SCHEMA_22,
  SCHEMA_23,
  SCHEMA_24,
  SCHEMA_25,
  SCHEMA_26,
  SCHEMA_27,
];
