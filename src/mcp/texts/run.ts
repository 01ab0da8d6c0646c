/** Runs in words. */
import { dollars } from '../../project/costs.ts';
import type { OutcomeKind } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { quote } from '../../project/quotation.ts';
import type { Run } from '../../project/run.ts';
import { cleanLine, plural } from '../../project/text.ts';
import { toWireRun } from '../../wire/run.ts';
import type { ToolRun } from '../../wire/schemas/tool-nouns.ts';

/** What Claude Code is doing now. */
export function liveFacts(run: Run): ToolRun {
  const { id, kind, created_at, live } = toWireRun(run);
  const { current_tool, current_todo } = live;
  return {
    run_id: id,
    kind,
    created_at,
    ...live,
    current_tool: current_tool && brief(current_tool),
    current_todo: current_todo && brief(current_todo),
  };
}

export function liveLines({ id, kind, createdAt, live }: Run): string[] {
  const counts = [
    plural(live.turns, 'turn'),
    dollars(live.costUsd),
    ...(live.todosTotal > 0 ? [`${live.todosDone} of ${plural(live.todosTotal, 'step')} done`] : []),
    live.lastSignAt === null ? 'no sign of life yet' : `last sign of life ${live.lastSignAt}`,
  ];
  const doing = [live.currentTodo, live.currentTool].filter((what) => what !== null).map(brief);
  return [
    `${kind === 'review' ? 'A reviewer reads what was submitted' : 'Running now'}: run ${id} (${kind}) since ${createdAt}; ${counts.join(', ')}.`,
    ...(doing.length > 0 ? [quote(doing.join('\n'))] : []),
  ];
}

/** How a run ended, when there is something to say about it; it may hold words of Claude or the service. */
export function endOf(run: Run | undefined): string | undefined {
  if (!run?.outcome || DID_ITS_PART.includes(run.outcome.kind)) return undefined;
  return brief(describeOutcome(run.outcome));
}

const DID_ITS_PART: readonly OutcomeKind[] = ['submitted', 'reviewed'];

function brief(text: string): string {
  return cleanLine(text).slice(0, 500).toWellFormed();
}
