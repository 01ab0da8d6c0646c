/** A plan is written and sent. */

import { useSignal } from '@preact/signals';
import type { WirePlanRules } from '../../wire/schemas/plan-rules.ts';
import type { WireSentPlan } from '../../wire/schemas/project-details.ts';
import type { WireSentSchedule } from '../../wire/schemas/schedule.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { folderText } from '../figures.ts';
import { ofNothing } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { useAction } from '../parts/action.ts';
import { Command } from '../parts/command.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { PlanForm } from '../plan/plan-form.tsx';
import { goTo, projectAddress } from '../route.ts';
import { may } from '../session.ts';
import { plainLine } from '../visible-text.ts';

export function SendPlan() {
  if (!may('admin'))
    return (
      <section class="page">
        <h1>Send a plan</h1>
        <p>
          This device may not send plans. To send: <Command line="bridge-supervisor dashboard --role admin" />
        </p>
      </section>
    );
  return <Form />;
}

function Form() {
  const send = useAction<WireSentPlan | WireSentSchedule>('POST /projects');
  const workspace = draftOf('plan/workspace');
  const where = workspace.value.trim();
  const target = where === '' ? {} : { workspace: where };
  const submit = async (markdown: string) => {
    const answer = await send.run({ ...target, markdown });
    if (!answer?.ok) return false;
    workspace.value = '';
    announce('Sent.');
    goTo('schedule' in answer.value ? '#/queue' : projectAddress(answer.value.project.id));
    return true;
  };
  return (
    <section class="page">
      <h1>Send a plan</h1>
      <Workspace />
      <PlanForm
        label="The plan, in Markdown. Settings may stand above it, between two lines of three dashes."
        draft={draftOf('plan/new')}
        submit="Send"
        isOff={send.isOff}
        onSend={submit}
        target={target}
      />
      <ProblemNote problem={send.problem} />
    </section>
  );
}

const OTHER = '/';

/** Where Claude works: as the plan says, in a workspace of the configuration, or in another folder. */
function Workspace() {
  const rules = useResource<WirePlanRules>('/plans/rules', ofNothing);
  const workspace = draftOf('plan/workspace');
  const names = rules.value?.workspaces ?? [];
  const isKnown = workspace.value === '' || names.some(({ name }) => name === workspace.value);
  const isOther = useSignal(!isKnown);
  const choose = (chosen: string) => {
    isOther.value = chosen === OTHER;
    workspace.value = chosen === OTHER ? '' : chosen;
  };
  const usual = rules.value?.default_workspace ?? null;
  return (
    <div class="field">
      <label for="workspace">Workspace</label>
      <select
        id="workspace"
        value={isOther.value ? OTHER : workspace.value}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">as the plan says, else {usual === null ? 'a new folder' : plainLine(usual)}</option>
        {names.map(({ name, path }) => (
          <option key={name} value={name}>
            {plainLine(name)} ({plainLine(folderText(path))})
          </option>
        ))}
        <option value={OTHER}>another folder…</option>
      </select>
      {isOther.value && (
        <input
          aria-label="Folder"
          placeholder="/home/me/code/shop"
          autocomplete="off"
          value={workspace}
          onInput={({ currentTarget }) => {
            workspace.value = currentTarget.value;
          }}
        />
      )}
    </div>
  );
}
