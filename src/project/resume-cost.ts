/** What it costs that a session goes on once a person has decided what it asked. Pure. */
import type { Project } from './project.ts';
import { type SessionCost, sessionCost } from './revision.ts';
import { describeReading } from './revision-text.ts';
import { isWork, type Run } from './run.ts';

/** Each is null where it is unknown. */
export type ResumeCost = { readonly [Key in keyof SessionCost]: SessionCost[Key] | null };

/**
 * What the model reads again before it goes on in the session of a project, at `now`. Null where it does not go on by a
 * decision, or its run still waits for that: such a run goes on at once, and reads nothing again.
 *
 * @param runs All of the project, oldest first.
 */
export function resumeCost(
  { runId, sessionId, status }: Pick<Project, 'runId' | 'sessionId' | 'status'>,
  runs: readonly Pick<Run, 'context' | 'kind' | 'sessionId'>[],
  now: Date,
): ResumeCost | null {
  if (runId !== null || sessionId === null || !GOES_ON.includes(status)) return null;
  const newest = runs.findLast(
    (run) => isWork(run) && run.sessionId === sessionId && run.context !== null,
  )?.context;
  return newest ? sessionCost(newest, now) : UNKNOWN;
}

const GOES_ON: readonly Project['status'][] = ['awaiting_answer', 'in_progress'];

const UNKNOWN: ResumeCost = { tokens: null, usd: null, cachedUntil: null };

/** A sentence for whoever decides. `when` writes a time for the reader. */
export function describeResumeCost(
  { tokens, usd, cachedUntil }: ResumeCost,
  when: (time: string) => string = (time) => time,
): string {
  if (tokens === null)
    return 'Its run has ended, and its session goes on with a decision: what that costs is unknown.';
  const kept = cachedUntil === null ? '' : `, which the service keeps until ${when(cachedUntil)}`;
  return `Its run has ended: to go on, Claude reads ${describeReading({ tokens, usd })} again${kept}.`;
}
