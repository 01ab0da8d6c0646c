import { dollars } from '../../project/costs.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import type { WireRun } from '../../wire/schemas/run.ts';
import { now } from '../browser-clock.ts';
import { durationText } from '../duration-text.ts';
import { projectAddress } from '../route.ts';
import { plainLine } from '../visible-text.ts';

/** A run that is under way: what it does, how far it is, how long and what it cost. */
export function RunningCard({ project, run }: { readonly project: WireProject; readonly run: WireRun }) {
  return (
    <a class="card" href={projectAddress(project.id)} data-item>
      <h2 class="card-title">{plainLine(project.title)}</h2>
      <RunProgress run={run} />
    </a>
  );
}

export function RunProgress({ run: { live, created_at, cost_usd } }: { readonly run: WireRun }) {
  const { current_tool: tool, todos_done: done, todos_total: total, current_todo: todo } = live;
  const cost = live.cost_usd > 0 ? live.cost_usd : (cost_usd ?? 0);
  return (
    <>
      {total > 0 && <progress value={done} max={total} aria-label={`step ${done} of ${total}`} />}
      {(tool ?? todo) !== null && <p class="now">{plainLine(tool ?? todo ?? '')}</p>}
      <p class="facts">
        {total > 0 && (
          <span>
            step {done} of {total}
          </span>
        )}
        <span>{durationText(now.value - Date.parse(created_at))}</span>
        <span>{dollars(cost)}</span>
      </p>
    </>
  );
}
