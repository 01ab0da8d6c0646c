/** Which projects are escalations, and under which key each was asked for. */
import { ESCALATION_SCOPES, type EscalationScope } from '../project/escalation.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

/** A project whose completion is the answer to an agent. */
export interface Escalation {
  readonly projectId: ProjectId;
  /** SHA-256 of the request, in hex. */
  readonly contentHash: string;
  /** What its run may do. */
  readonly scope: EscalationScope;
  /** A person decides on its work first. */
  readonly needsApproval: boolean;
}

export async function insertEscalation(trx: Writer, row: NewRow<'escalations'>): Promise<void> {
  await trx.insertInto('escalations').values(row).execute();
}

export async function findEscalation(db: Reader, projectId: ProjectId): Promise<Escalation | undefined> {
  const query = db.selectFrom('escalations').selectAll().where('project_id', '=', projectId);
  const row = await query.executeTakeFirst();
  return row && toEscalation(row);
}

export async function findEscalationByKey(db: Reader, key: string): Promise<Escalation | undefined> {
  const row = await db.selectFrom('escalations').selectAll().where('dedupe_key', '=', key).executeTakeFirst();
  return row && toEscalation(row);
}

const knownScope = knownWord('escalations.permission_scope', ESCALATION_SCOPES);

function toEscalation(row: Row<'escalations'>): Escalation {
  const { project_id, content_hash, permission_scope, needs_approval } = row;
  return {
    projectId: project_id,
    contentHash: content_hash,
    scope: knownScope(permission_scope),
    needsApproval: needs_approval === 1,
  };
}
