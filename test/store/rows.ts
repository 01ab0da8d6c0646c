/** Rows as tests need them: everything that does not matter filled in. */
import {
  asProjectId,
  asRunId,
  LOCAL_MACHINE,
  OWN_ACCOUNT,
  type ProjectId,
  type RunId,
} from '../../src/project/ids.ts';
import { keptSettings } from '../../src/project/kept-settings.ts';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';
import type { Writer } from '../../src/store/database.ts';
import { insertProject } from '../../src/store/projects.ts';
import { insertRun, type RunEnd } from '../../src/store/runs.ts';
import type { NewRow } from '../../src/store/schema.ts';
import { toSettingColumns } from '../../src/store/setting-columns.ts';

export const NOW = '2026-03-01T12:00:00.000Z';

/** `minute(5)`: five minutes after noon. */
export function minute(n: number): string {
  return new Date(Date.parse(NOW) + n * 60_000).toISOString();
}

/** `id(10)` is `00000000000a`. */
export function id(n: number): ProjectId & RunId {
  return n.toString(16).padStart(12, '0') as ProjectId & RunId;
}

export async function addProject(
  trx: Writer,
  n: number,
  changes: Partial<NewRow<'projects'>> = {},
  markdown = `# Project ${n}`,
): Promise<ProjectId> {
  const row: NewRow<'projects'> = {
    id: id(n),
    title: `Project ${n}`,
    status: 'pending',
    workspace: `/work/${n}`,
    ...toSettingColumns(keptSettings({})),
    claimed_by: null,
    session_id: null,
    round: 1,
    tries: 0,
    not_before: null,
    attention: null,
    request_id: null,
    created_at: minute(n),
    updated_at: minute(n),
    ...changes,
  };
  await insertProject(trx, row, markdown);
  return row.id;
}

export type RunToAdd = Partial<Omit<Parameters<typeof insertRun>[1], 'id' | 'project_id'>> & {
  id: string;
  project_id: string;
};

export async function addRun(trx: Writer, run: RunToAdd): Promise<RunId> {
  const ids = { id: asRunId(run.id), project_id: asProjectId(run.project_id) };
  await insertRun(trx, {
    machine_id: LOCAL_MACHINE,
    account: OWN_ACCOUNT,
    kind: 'execute',
    round: 1,
    workspace: `/work/of/${run.project_id}`,
    session_id: `session of ${run.project_id}`,
    model: null,
    created_at: NOW,
    ...run,
    ...ids,
  });
  return ids.id;
}

/** How a run ended that cost nothing. */
export function endedAt(at: string): RunEnd {
  return {
    cost: { usd: 0, basis: 'reported' },
    live: EMPTY_LIVE_STATE,
    context: null,
    fingerprint: null,
    endedAt: at,
  };
}
