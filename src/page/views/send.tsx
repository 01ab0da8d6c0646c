/** A plan is written and sent. */
import type { WireSentPlan } from '../../wire/schemas/project-details.ts';
import type { WireSentSchedule } from '../../wire/schemas/schedule.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { useAction } from '../parts/action.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { TextForm } from '../parts/text-form.tsx';
import { goTo, projectAddress } from '../route.ts';
import { may } from '../session.ts';

export function SendPlan() {
  const send = useAction<WireSentPlan | WireSentSchedule>('POST /projects');
  const workspace = draftOf('plan/workspace');
  if (!may('admin'))
    return (
      <section class="page">
        <h1>Send a plan</h1>
        <p>
          This device may not send plans. To send: <code>bridge-supervisor dashboard --role admin</code>
        </p>
      </section>
    );
  const submit = async (markdown: string) => {
    const where = workspace.peek().trim();
    const answer = await send.run({ markdown, ...(where !== '' && { workspace: where }) });
    if (!answer?.ok) return false;
    workspace.value = '';
    announce('Sent.');
    goTo('schedule' in answer.value ? '#/queue' : projectAddress(answer.value.project.id));
    return true;
  };
  return (
    <section class="page">
      <h1>Send a plan</h1>
      <div class="field">
        <label for="workspace">
          Workspace: a name of the configuration, or a folder (empty: the plan's own)
        </label>
        <input
          id="workspace"
          autocomplete="off"
          value={workspace}
          onInput={({ currentTarget }) => {
            workspace.value = currentTarget.value;
          }}
        />
      </div>
      <TextForm
        label="The plan, in Markdown. Front matter between two lines of --- may set workspace, model, schedule, outline and more."
        draft={draftOf('plan/new')}
        submit="Send"
        isOff={send.isOff}
        onSend={submit}
        rows={16}
      />
      <ProblemNote problem={send.problem} />
    </section>
  );
}
