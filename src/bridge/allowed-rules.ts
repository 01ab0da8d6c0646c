/** What a person has allowed for a project as they sent its work back. */
import type { ProjectId } from '../project/ids.ts';
import { decisionsOf } from '../store/reviews.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

/** Rules of all its rounds, in their order. */
export async function allowedRules(bridge: Bridge, projectId: ProjectId): Promise<string[]> {
  const decisions = await decisionsOf(databaseOf(bridge).read, projectId);
  return decisions.flatMap(({ allowed }) => allowed);
}
