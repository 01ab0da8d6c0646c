/** Who needs a person, and why: what befell everybody is held against nobody, and one bad workspace against its own. */

import { asProjectId } from '../../src/project/ids.ts';
import type { OutcomeKind } from '../../src/project/outcome.ts';
import { PARKING_OUTCOMES } from '../../src/project/retry.ts';
import type { Row } from '../../src/store/schema.ts';
import type { Finding, Watched } from './checks.ts';
import { type Journal, lasted } from './journal.ts';

/** In the soak these are never the project's own doing: no plan names a model, and every login is good. */
export const OF_EVERYBODY: readonly OutcomeKind[] = [
  ...(['api_error', 'throttled', 'usage_limit', 'model_unknown', 'not_logged_in', 'billing'] as const),
  ...(['claude_missing', 'machine_exhausted', 'request_refused'] as const),
];

/** Of these outcomes only a workspace is the cause, or a server of ours that was killed as it started. */
const OF_WORKSPACE: readonly OutcomeKind[] = ['tools_missing', 'workspace_missing', 'wrong_folder'];

/** No project is parked for what befell everybody; for a bad workspace only those that are in it. */
export function parks({ store, journal }: Watched): Finding[] {
  const runs = store.runs();
  const projects = new Map(store.projects().map((project) => [project.id, project]));
  return store.events('project.needs_attention').flatMap((event): Finding[] => {
    const last = runs.findLast(
      (run) => run.project_id === event.project_id && run.created_at <= event.created_at,
    );
    const workspace = projects.get(event.project_id ?? asProjectId(''))?.workspace;
    const outcome = PARKING_OUTCOMES.find((kind) => kind === last?.outcome);
    if (!last || !outcome) return [];
    const told = `project ${event.project_id} in ${workspace} parked after run ${last.id}: ${event.data}`;
    if (OF_EVERYBODY.includes(outcome)) return [['parked', told]];
    if (!OF_WORKSPACE.includes(outcome) || explains(journal, last)) return [];
    return [['broken', `${told}; its workspace is sound`]];
  });
}

function explains({ badWorkspaces, bereft }: Journal, run: Row<'runs'>): boolean {
  if (run.outcome === 'tools_missing' && bereft.has(run.id)) return true;
  const [since, till] = [Date.parse(run.created_at), Date.parse(run.ended_at ?? run.created_at)];
  return badWorkspaces.some((bad) => bad.workspace === run.workspace && lasted(bad, since, till));
}
