import { useSignal } from '@preact/signals';
import type { WireSchedule, WireScheduleDetails } from '../../wire/schemas/schedule.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { ofSchedules } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { PlanForm } from '../plan/plan-form.tsx';
import { useAction } from './action.ts';
import { PlanText } from './plan-text.tsx';
import { ProblemNote } from './problem.tsx';

/** The plan of a schedule, times included: to read, and to replace. What is typed is kept until it was sent. */
export function SchedulePlan({ id }: { readonly id: string }) {
  const isOpen = useSignal(false);
  return (
    <details class="schedule-plan" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>Plan</summary>
      {isOpen.value && <Opened id={id} />}
    </details>
  );
}

function Opened({ id }: { readonly id: string }) {
  const schedule = useResource<WireScheduleDetails>(`/schedules/${id}`, ofSchedules);
  const amend = useAction<WireSchedule>(`PUT /schedules/${id}/plan`);
  const draft = draftOf(`${id}/plan`);
  const isAmending = useSignal(draft.peek() !== '');
  if (!schedule.value)
    return schedule.problem ? <ProblemNote problem={schedule.problem} /> : <p class="quiet">Loading…</p>;
  const { markdown } = schedule.value;
  const begin = () => {
    draft.value = markdown;
    isAmending.value = true;
  };
  const discard = () => {
    draft.value = '';
    isAmending.value = false;
  };
  const send = async (text: string) => {
    const answer = await amend.run({ markdown: text });
    if (!answer?.ok) return false;
    isAmending.value = false;
    announce('The plan was amended.');
    return true;
  };
  if (isAmending.value)
    return (
      <>
        <PlanForm
          label="The plan with its times. What the schedule has made stays as it is."
          draft={draft}
          submit="Amend"
          isOff={amend.isOff}
          onSend={send}
          onCancel={discard}
          target={{ schedule_id: id }}
        />
        <ProblemNote problem={amend.problem} />
      </>
    );
  return (
    <>
      <PlanText markdown={markdown} />
      <div class="choices">
        <button type="button" onClick={begin}>
          Amend…
        </button>
      </div>
    </>
  );
}
