import { useSignal } from '@preact/signals';
import type { WireSchedule } from '../../wire/schemas/schedule.ts';
import { announce } from '../announce.ts';
import { projectAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';
import { useAction } from './action.ts';
import { ProblemNote } from './problem.tsx';
import { SchedulePlan } from './schedule-plan.tsx';
import { At, Long } from './text.tsx';

/** A plan that is done again and again: when it is due, and what can be done about it. */
export function ScheduleRow({ schedule }: { readonly schedule: WireSchedule }) {
  const { id, title, cron, timezone, state, problem, next_slot: next, open_project: open } = schedule;
  const run = useAction(`POST /schedules/${id}/run`);
  const change = useAction(`POST /schedules/${id}/${state === 'paused' ? 'resume' : 'pause'}`);
  const remove = useAction(`POST /schedules/${id}/remove`);
  const isAsked = useSignal(false);
  const press = () => {
    if (isAsked.peek()) void remove.run({});
    isAsked.value = !isAsked.peek();
  };
  const runNow = async () => {
    if ((await run.run({}))?.ok) announce('Sent.');
  };
  return (
    <li class="row row-schedule">
      <span>
        <span class="row-title">{plainLine(title)}</span>
        <span class="facts">
          <span>
            <code>{plainLine(cron)}</code> {plainLine(timezone)}
          </span>
          <span>
            {next === null ? (
              'paused'
            ) : (
              <>
                next <At time={next} />
              </>
            )}
          </span>
          {open !== null && <a href={projectAddress(open)}>what it has made</a>}
        </span>
        {problem !== null && (
          <p class="bad">
            <Long text={problem} max={300} />
          </p>
        )}
        <ProblemNote problem={run.problem ?? change.problem ?? remove.problem} />
      </span>
      {may('decide') && (
        <span class="choices">
          <button type="button" disabled={change.isOff} onClick={() => void change.run({})}>
            {state === 'paused' ? 'Resume' : 'Pause'}
          </button>
          <button type="button" disabled={run.isOff} onClick={() => void runNow()}>
            Run now
          </button>
          <button type="button" class="danger" disabled={remove.isOff} onClick={press}>
            {isAsked.value ? 'Really remove' : 'Remove'}
          </button>
        </span>
      )}
      {may('admin') && <SchedulePlan id={id} />}
    </li>
  );
}
