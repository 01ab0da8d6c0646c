import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { dollars } from '../../project/costs.ts';
import type { WireShownEvidence } from '../../wire/schemas/evidence.ts';
import type { WireDecided } from '../../wire/schemas/http.ts';
import type { WireProject } from '../../wire/schemas/project.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { useAction } from '../parts/action.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Conflict } from './conflict.tsx';
import type { Bound } from './verdict.ts';

interface Props {
  readonly project: WireProject;
  readonly bound: Bound;
  readonly evidence: WireShownEvidence | null;
  readonly onClose: () => void;
}

/** Why not, what Claude may do from now on, and in which session it goes on. What is typed is kept until it was sent. */
export function RejectDialog({ project, bound, evidence, onClose }: Props) {
  const reject = useAction<WireDecided>(`POST /projects/${project.id}/reject`);
  const reason = draftOf(`${project.id}/r${bound.round}/reject`);
  const rules = draftOf(`${project.id}/r${bound.round}/rules`);
  const session = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const send = async (event: Event) => {
    event.preventDefault();
    if (reason.peek().trim() === '') {
      field.current?.focus();
      return;
    }
    const allow = rules
      .peek()
      .split('\n')
      .map((rule) => rule.trim())
      .filter(Boolean);
    const body = {
      ...bound,
      reason: reason.peek(),
      ...(allow.length > 0 && { allow }),
      ...(session.peek() !== '' && { revise_in: session.peek() }),
    };
    const answer = await reject.run(body);
    if (!answer?.ok) return;
    reason.value = '';
    rules.value = '';
    announce('Rejected.');
    onClose();
  };
  return (
    <Dialog title={`Reject round ${bound.round}`} onClose={onClose}>
      <form class="reject" onSubmit={(event) => void send(event)}>
        <div class="field">
          <label for="reason">What should change? Claude is told this word for word.</label>
          <textarea
            id="reason"
            ref={field}
            rows={5}
            value={reason}
            onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
          />
        </div>
        <details>
          <summary>More</summary>
          <div class="field">
            <label for="rules">
              Allow from now on, in this project alone: one rule a line, such as Bash(npm test *)
            </label>
            <textarea
              id="rules"
              rows={2}
              value={rules}
              onInput={({ currentTarget }) => (rules.value = currentTarget.value)}
            />
          </div>
          <div class="field">
            <label for="session">Go on in</label>
            <select
              id="session"
              value={session}
              onChange={({ currentTarget }) => (session.value = currentTarget.value)}
            >
              <option value="">as configured</option>
              <option value="session">the same session{costOf(evidence, 'session')}</option>
              <option value="fresh">a new session{costOf(evidence, 'fresh')}</option>
              <option value="cheapest">whatever costs less</option>
            </select>
          </div>
        </details>
        <Conflict problem={reject.problem} id={project.id} />
        <div class="choices">
          <button type="button" onClick={onClose}>
            Back
          </button>
          <button type="submit" class="danger" disabled={reject.isOff}>
            Reject
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function costOf(evidence: WireShownEvidence | null, which: 'session' | 'fresh'): string {
  const usd = evidence?.revision?.cost[which]?.usd ?? null;
  return usd === null ? '' : ` (reads for ${dollars(usd)})`;
}
