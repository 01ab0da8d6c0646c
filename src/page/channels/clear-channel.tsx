import { useSignal } from '@preact/signals';
import { announce } from '../announce.ts';
import { plural } from '../figures.ts';
import { useAction } from '../parts/action.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { plainLine } from '../visible-text.ts';

interface Props {
  readonly channel: string;
  readonly count: number;
}

/** Deletes what was said in a channel, after a second question. */
export function ClearChannel({ channel, count }: Props) {
  const isOpen = useSignal(false);
  const clear = useAction('POST /api/clear');
  const close = () => {
    isOpen.value = false;
  };
  const send = async () => {
    const answer = await clear.run({ channel });
    if (!answer?.ok) return;
    announce('Cleared.');
    close();
  };
  return (
    <>
      <button type="button" class="danger" onClick={() => (isOpen.value = true)}>
        Clear channel…
      </button>
      {isOpen.value && (
        <Dialog title={`Clear ${plainLine(channel)}?`} onClose={close}>
          <p>
            {plural(count, 'message')} and the places of its readers are deleted, for everybody and for good.
          </p>
          <ProblemNote problem={clear.problem} />
          <div class="choices">
            <button type="button" onClick={close}>
              Back
            </button>
            <button type="button" class="danger" disabled={clear.isOff} onClick={() => void send()}>
              Clear channel
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
