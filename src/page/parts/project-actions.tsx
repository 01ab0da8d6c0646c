import { useSignal } from '@preact/signals';
import { isClosed, isLegal } from '../../project/project.ts';
import type { WireProjectAnswer } from '../../wire/schemas/http.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { may } from '../session.ts';
import { useAction } from './action.ts';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './problem.tsx';
import { TextForm } from './text-form.tsx';

/** What can be done with a project besides deciding: tell Claude something, or call it off. */
export function ProjectActions({ answer: { project } }: { readonly answer: WireProjectAnswer }) {
  const open = useSignal<'none' | 'message' | 'cancel'>('none');
  const close = () => {
    open.value = 'none';
  };
  if (isClosed(project.status) || !may('decide')) return null;
  return (
    <div class="project-actions">
      {isLegal(project.status, 'steer') && (
        <button type="button" data-key="message" onClick={() => (open.value = 'message')}>
          Message Claude…
        </button>
      )}
      <button type="button" class="danger" onClick={() => (open.value = 'cancel')}>
        Cancel…
      </button>
      {open.value === 'message' && <MessageDialog id={project.id} onClose={close} />}
      {open.value === 'cancel' && <CancelDialog id={project.id} onClose={close} />}
    </div>
  );
}

interface Props {
  readonly id: string;
  readonly onClose: () => void;
}

function MessageDialog({ id, onClose }: Props) {
  const steer = useAction(`POST /projects/${id}/steer`);
  const send = async (message: string) => {
    const done = await steer.run({ message });
    if (!done?.ok) return false;
    announce('Sent.');
    onClose();
    return true;
  };
  return (
    <Dialog title="Message Claude" onClose={onClose}>
      <TextForm
        label="Work under way takes it in between two steps."
        draft={draftOf(`${id}/message`)}
        submit="Send"
        isOff={steer.isOff}
        onSend={send}
        onCancel={onClose}
        hasFocus
      />
      <ProblemNote problem={steer.problem} />
    </Dialog>
  );
}

function CancelDialog({ id, onClose }: Props) {
  const cancel = useAction(`POST /projects/${id}/cancel`);
  const send = async () => {
    const done = await cancel.run({});
    if (!done?.ok) return;
    announce('Cancelled.');
    onClose();
  };
  return (
    <Dialog title="Cancel the project for good?" onClose={onClose}>
      <p>Its run ends. Its branch and what is kept of it stay.</p>
      <ProblemNote problem={cancel.problem} />
      <div class="choices">
        <button type="button" onClick={onClose}>
          Back
        </button>
        <button type="button" class="danger" disabled={cancel.isOff} onClick={() => void send()}>
          Cancel project
        </button>
      </div>
    </Dialog>
  );
}
