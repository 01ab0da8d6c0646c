/** What a run is doing now, in a few lines of the same form wherever it is shown. */

import type { TreeUsage } from '../../machine/usage.ts';
import { dollars } from '../../project/costs.ts';
import { isWork, type Run } from '../../project/run.ts';
import { clip, flow } from '../terminal/text.ts';
import { ago, inTurns, lasted, megabytes } from '../terminal/time.ts';

/** @param usage What its processes take; undefined when they are gone, null when nobody looked. */
export function runLines(
  run: Run,
  usage: TreeUsage | null | undefined,
  now: Date,
  columns: number,
): string[] {
  const { live } = run;
  return [
    clip(activity(run), columns),
    ...flow(
      [
        live.todosTotal > 0
          ? `todo ${live.todosDone}/${live.todosTotal}: ${live.currentTodo ?? 'all done'}`
          : '',
        `round ${run.round}`,
        inTurns(live.turns),
        dollars(live.costUsd),
        `running for ${lasted(run.createdAt, now.toISOString())}`,
        live.lastSignAt === null ? 'no sign of life yet' : `last sign of life ${ago(live.lastSignAt, now)}`,
        ...processFacts(run, usage),
      ],
      columns,
    ),
  ];
}

function activity(run: Run): string {
  return isWork(run) ? doing(run) : `a reviewer reads what was submitted: ${doing(run)}`;
}

function doing({ live, readyAt, spawnedAt }: Run): string {
  if (live.currentTool !== null) return live.currentTool;
  if (readyAt !== null) return 'thinking';
  return spawnedAt === null ? 'being prepared' : 'starting';
}

function processFacts({ pid }: Run, usage: TreeUsage | null | undefined): string[] {
  if (pid === null) return [];
  if (usage === undefined) return [`pid ${pid} is gone`];
  if (usage === null) return [];
  const count = usage.processes === 1 ? '1 process' : `${usage.processes} processes`;
  return [`pid ${pid}, ${count}, ${megabytes(usage.memoryBytes)}`];
}
