/** How large the conversation of a run has grown, and in which session a rejected project goes on. */
export const SCHEMA_12 = `
-- JSON; NULL: unknown.
ALTER TABLE runs ADD COLUMN context TEXT;
-- JSON: what was asked for, what was taken, and what either would have cost; NULL: the run begins no revision.
ALTER TABLE runs ADD COLUMN revision TEXT;
-- NULL: as configured.
ALTER TABLE approvals ADD COLUMN revise_in TEXT;
`;
