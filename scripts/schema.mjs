// Writes what the migrations make of an empty database, and a database with rows of each schema that has none yet.
//   schema.mjs          writes src/store/sqlite/schema.sql and test/store/fixtures/schema-N.sql
//   schema.mjs --check  writes nothing, and fails when schema.sql is not what the migrations make, or a fixture is missing
// A fixture is the one before it, migrated. Rows that only a newer schema can hold are added to it by hand. It is never
// made again: delete that of a step that was edited, which only a step that was not released may be.
import './check-node.mjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { migrate } from '../src/store/sqlite/migrate.ts';
import { MIGRATIONS } from '../src/store/sqlite/migrations.ts';
import { dump, schemaText } from '../test/store/dump.ts';

const check = process.argv.includes('--check');
const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const fixture = (version) => file(`test/store/fixtures/schema-${version}.sql`);
const stale = [];

/** What `before` leads to, migrated by the first `version` steps. */
function migrated(before, version) {
  const sqlite = new Sqlite(':memory:');
  sqlite.pragma('foreign_keys = OFF');
  sqlite.exec(before);
  migrate(sqlite, ':memory:', MIGRATIONS.slice(0, version));
  return sqlite;
}

function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  stale.push(path);
  if (!check) writeFileSync(path, text);
}

write(file('src/store/sqlite/schema.sql'), schemaText(migrated('', MIGRATIONS.length)));
for (let version = 2; version <= MIGRATIONS.length; version++)
  if (!existsSync(fixture(version)))
    write(fixture(version), dump(migrated(readFileSync(fixture(version - 1), 'utf8'), version)));

for (const path of stale) console.log(check ? `${path} is out of date: run npm run schema` : `wrote ${path}`);
process.exitCode = check && stale.length > 0 ? 1 : 0;
