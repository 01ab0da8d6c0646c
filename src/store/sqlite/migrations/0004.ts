/** Which folder Claude was started in, so that another one in its place is told from it. */
export const SCHEMA_4 = `
ALTER TABLE runs ADD COLUMN workspace_identity TEXT;
`;
