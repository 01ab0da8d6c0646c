import { useSignal } from '@preact/signals';
import { Dialog } from '../parts/dialog.tsx';
import { channelAddress, goTo } from '../route.ts';
import { Composer } from './composer.tsx';

/** A channel is there as soon as somebody writes into it. */
export function NewChannel() {
  const isOpen = useSignal(false);
  return (
    <div class="choices">
      <button type="button" onClick={() => (isOpen.value = true)}>
        New channel…
      </button>
      {isOpen.value && <Form onClose={() => (isOpen.value = false)} />}
    </div>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const name = useSignal('');
  const open = () => {
    onClose();
    goTo(channelAddress(name.peek()));
  };
  return (
    <Dialog title="New channel" onClose={onClose}>
      <div class="field">
        <label for="new-channel">Name; what stands before a colon is its group</label>
        <input
          id="new-channel"
          autocomplete="off"
          placeholder="shop:build"
          maxLength={256}
          value={name}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
          }}
        />
      </div>
      <Composer channel={name.value} senders={[]} onSent={open} />
    </Dialog>
  );
}
