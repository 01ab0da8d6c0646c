/** What the store says of itself, and how many projects there are of each status. */
export const SCHEMA_3 = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Names this store, and the copies made of it.
  store_id TEXT NOT NULL,
  -- The oldest schema version whose programs may use this one. A step that they cannot live with raises it.
  compatible_from INTEGER NOT NULL
);
INSERT INTO meta (id, store_id, compatible_from) VALUES (1, lower(hex(randomblob(8))), 3);

-- Counting 100,000 projects takes longer than all else in the overview. SQLite has one writer at a time, so that a row
-- which every change of status writes is in nobody's way. A step that rebuilds the table must create the triggers again.
CREATE TABLE project_counts (
  status TEXT PRIMARY KEY,
  count INTEGER NOT NULL
);
INSERT INTO project_counts (status, count) SELECT status, count(*) FROM projects GROUP BY status;
CREATE TRIGGER projects_count_inserted AFTER INSERT ON projects BEGIN
  INSERT INTO project_counts (status, count) VALUES (NEW.status, 1)
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER projects_count_moved AFTER UPDATE OF status ON projects WHEN OLD.status <> NEW.status BEGIN
  UPDATE project_counts SET count = count - 1 WHERE status = OLD.status;
  INSERT INTO project_counts (status, count) VALUES (NEW.status, 1)
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER projects_count_deleted AFTER DELETE ON projects BEGIN
  UPDATE project_counts SET count = count - 1 WHERE status = OLD.status;
END;
`;
