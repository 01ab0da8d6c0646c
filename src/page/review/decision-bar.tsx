/** Where a person decides: it sends the round and the tree that are shown, so that nothing else can be meant. */

import { useSignal } from '@preact/signals';
import type { WireShownEvidence } from '../../wire/schemas/evidence.ts';
import type { WireDecided } from '../../wire/schemas/http.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import { announce } from '../announce.ts';
import { useAction } from '../parts/action.ts';
import { Command } from '../parts/command.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { may } from '../session.ts';
import { Conflict } from './conflict.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import { approvalOf, boundTo } from './verdict.ts';

interface Props {
  readonly project: WireProject;
  readonly round: number;
  /** Null: nothing was measured. */
  readonly evidence: WireShownEvidence | null;
}

export function DecisionBar({ project, round, evidence }: Props) {
  const approve = useAction<WireDecided>(`POST /projects/${project.id}/approve`);
  const dialog = useSignal<'none' | 'approve' | 'reject'>('none');
  const { label, doubts } = approvalOf(evidence);
  const bound = boundTo(round, evidence);
  const close = () => {
    dialog.value = 'none';
  };
  const send = async () => {
    const answer = await approve.run(bound);
    close();
    if (answer?.ok) announce('Approved.');
  };
  const press = () => {
    if (doubts.length === 0) void send();
    else dialog.value = 'approve';
  };
  if (!may('decide'))
    return (
      <p class="decision decision-words">
        This device may read. To decide: <Command line="bridge-supervisor dashboard --role decide" />
      </p>
    );
  return (
    <div class="decision">
      <Conflict problem={approve.problem} id={project.id} />
      <div class="decision-buttons">
        <button
          type="button"
          class="danger"
          data-key="reject"
          disabled={approve.isOff}
          onClick={() => (dialog.value = 'reject')}
        >
          Reject…
        </button>
        <button
          type="button"
          class={doubts.length === 0 ? 'primary' : ''}
          data-key="approve"
          disabled={approve.isOff}
          onClick={press}
        >
          {label}
        </button>
      </div>
      {dialog.value === 'approve' && (
        <Dialog title="Approve all the same?" onClose={close}>
          <ul class="doubts">
            {doubts.map((doubt) => (
              <li key={doubt}>{doubt}</li>
            ))}
          </ul>
          <div class="choices">
            <button type="button" onClick={close}>
              Back
            </button>
            <button type="button" class="danger" disabled={approve.isOff} onClick={() => void send()}>
              Approve all the same
            </button>
          </div>
        </Dialog>
      )}
      {dialog.value === 'reject' && (
        <RejectDialog project={project} bound={bound} evidence={evidence} onClose={close} />
      )}
    </div>
  );
}
