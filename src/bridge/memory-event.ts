/** What the history keeps of a change of the shared memory: that it was, of what, and by whom; never what was written. */
import type { Actor } from '../project/actor.ts';
import type { Happening } from '../project/event.ts';
import { asRunId } from '../project/ids.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { findRun } from '../store/runs.ts';

/** Who writes. */
export interface MemoryWriter {
  readonly actor: Actor;
  /** The run of the supervisor that it is; null: a person, or their own session. */
  readonly runId: string | null;
}

type MemoryHappening = Extract<Happening, { type: `memory.${string}` }>;

export async function appendMemoryEvent(
  trx: Writer,
  happening: MemoryHappening,
  { actor, runId }: MemoryWriter,
  now: string,
): Promise<void> {
  // A name of a run comes with the environment: it may be of another store.
  const run = runId === null ? undefined : await findRun(trx, asRunId(runId));
  const about = { projectId: run?.projectId ?? null, runId: run?.id ?? null };
  await appendEvent(trx, { ...happening, ...about, actor, createdAt: now });
}
