import { useSignal } from '@preact/signals';
import { isLegal } from '../../project/project.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import type { WireAmendedPlan } from '../../wire/schemas/project-details.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { may } from '../session.ts';
import { useAction } from './action.ts';
import { lazy } from './lazy.tsx';
import { ProblemNote } from './problem.tsx';

const PlanForm = lazy(() => import('../later-rest.ts').then(({ PlanForm: Form }) => Form));

interface Props {
  readonly project: WireProject;
  /** The newest revision. */
  readonly markdown: string;
}

/** Replaces the plan of a project; what is typed is kept until it was sent. */
export function PlanEditor({ project: { id, status }, markdown }: Props) {
  const amend = useAction<WireAmendedPlan>(`PUT /projects/${id}/plan`);
  const draft = draftOf(`${id}/plan`);
  const isOpen = useSignal(draft.peek() !== '');
  if (!isLegal(status, 'amend') || !may('admin')) return null;
  const begin = () => {
    if (draft.peek() === '') draft.value = markdown;
    isOpen.value = true;
  };
  const discard = () => {
    draft.value = '';
    isOpen.value = false;
  };
  const send = async (text: string) => {
    const answer = await amend.run({ markdown: text });
    if (!answer?.ok) return false;
    isOpen.value = false;
    announce('The plan was amended.');
    return true;
  };
  if (!isOpen.value)
    return (
      <div class="choices">
        <button type="button" onClick={begin}>
          Amend…
        </button>
      </div>
    );
  return (
    <>
      <PlanForm
        label={
          status === 'awaiting_approval'
            ? 'The plan. Work that waits for your decision goes back with it.'
            : 'The plan. Work under way is told of it.'
        }
        draft={draft}
        submit="Amend"
        isOff={amend.isOff}
        onSend={send}
        onCancel={discard}
        target={{ project_id: id }}
      />
      <ProblemNote problem={amend.problem} />
    </>
  );
}
