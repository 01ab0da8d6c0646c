import type { ProjectId } from '../project/ids.ts';

/** Of several attempts at the round of a project the last counts. A sort in the query would read no less. */
export function newestAttempts<T extends { readonly project_id: ProjectId; readonly attempt: number }>(
  rows: readonly T[],
): T[] {
  const newest = new Map<ProjectId, T>();
  for (const row of rows)
    if ((newest.get(row.project_id)?.attempt ?? 0) < row.attempt) newest.set(row.project_id, row);
  return [...newest.values()];
}
