import { useSignal } from '@preact/signals';

/** Puts a text where it can be pasted. Absent where the browser gives no access to that: without TLS, from elsewhere. */
export function Copy({ text, name }: { readonly text: string | undefined; readonly name: string }) {
  const isCopied = useSignal(false);
  if (text === undefined || !('clipboard' in navigator)) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    isCopied.value = true;
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {isCopied.value ? 'Copied' : name}
    </button>
  );
}
