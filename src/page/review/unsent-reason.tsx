import { draftOf } from '../drafts.ts';
import { Copy } from '../parts/copy.tsx';

/** Words for a decision that somebody else was faster with, or for a round that is gone, are not thrown away. */
export function UnsentReason({ id, round }: { readonly id: string; readonly round: number }) {
  const draft = draftOf(`${id}/r${round}/reject`);
  if (draft.value === '') return null;
  return (
    <section class="note note-warn">
      <p>You were writing, and it was not sent:</p>
      <blockquote class="words">{draft}</blockquote>
      <div class="choices">
        <button type="button" onClick={() => (draft.value = '')}>
          Throw away
        </button>
        <Copy text={draft.value} name="Copy" />
      </div>
    </section>
  );
}
