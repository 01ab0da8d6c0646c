/** The graph of the shared memory: entities with observations, and relations between names. */
export const SCHEMA_24 = `
-- AUTOINCREMENT, here and below: pages go by these numbers, and none comes again.
CREATE TABLE graph_entities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  entity_type TEXT NOT NULL,
  -- Name and type in lower case, on a line each: what a search looks through.
  folded TEXT NOT NULL,
  author TEXT NOT NULL,
  -- The run of the supervisor that wrote it; NULL: none did.
  run_id TEXT,
  written_at TEXT NOT NULL
);
CREATE TABLE graph_observations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entity_id INTEGER NOT NULL REFERENCES graph_entities (id) ON DELETE CASCADE,
  -- Of the content, in UTF-8.
  bytes INTEGER NOT NULL,
  content TEXT NOT NULL,
  -- The content in lower case: what a search looks through.
  folded TEXT NOT NULL,
  author TEXT NOT NULL,
  run_id TEXT,
  written_at TEXT NOT NULL,
  UNIQUE (entity_id, content)
);
-- Between names: either may be of an entity that is not there yet.
CREATE TABLE graph_relations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  from_name TEXT NOT NULL,
  to_name TEXT NOT NULL,
  relation_type TEXT NOT NULL,
  author TEXT NOT NULL,
  run_id TEXT,
  written_at TEXT NOT NULL,
  UNIQUE (from_name, to_name, relation_type)
);
CREATE INDEX graph_observations_by_entity ON graph_observations (entity_id, id);
CREATE INDEX graph_observations_by_size ON graph_observations (bytes);
CREATE INDEX graph_relations_by_target ON graph_relations (to_name);
`;
