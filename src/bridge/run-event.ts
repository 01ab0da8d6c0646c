import type { Happening } from '../project/event.ts';
import type { Run } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';

/** Adds to the history what the supervisor has done with a run. */
export async function runEvent(
  trx: Writer,
  run: Run,
  happening: Happening,
  createdAt: string,
): Promise<void> {
  const stamp = { projectId: run.projectId, runId: run.id, actor: 'supervisor', createdAt } as const;
  await appendEvent(trx, { ...happening, ...stamp });
}
