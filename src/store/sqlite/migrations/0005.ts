/** Who set a hold: until now a supervisor knew its own by their words, or by their end. */
export const SCHEMA_5 = `
ALTER TABLE holds ADD COLUMN source TEXT NOT NULL DEFAULT 'run';
UPDATE holds SET source = CASE
  WHEN kind = 'paused' THEN 'person'
  WHEN kind IN ('quiet_hours', 'reserve') THEN 'conditions'
  WHEN kind IN ('claude_missing', 'disk_low') AND until IS NULL THEN 'conditions'
  WHEN kind = 'not_logged_in' AND until IS NULL THEN 'preflight'
  ELSE 'run' END;
-- A program before this step would leave out who set a hold, and nobody would end it.
UPDATE meta SET compatible_from = 5;
`;
