/** Plans that are first answered by an outline. */
export const SCHEMA_17 = `
ALTER TABLE projects ADD COLUMN outline INTEGER NOT NULL DEFAULT 0;
-- The round whose outline was approved; NULL: none.
ALTER TABLE projects ADD COLUMN outline_round INTEGER;

-- A program before this step would do the work at once, and take an outline for it.
UPDATE meta SET compatible_from = 17;
`;
