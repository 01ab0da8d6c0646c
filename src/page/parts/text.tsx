import { useSignal } from '@preact/signals';
import { agoText, clockText } from '../time-text.ts';
import { piecesOf } from '../visible-text.ts';

/** A text of others, with what hides in it shown by its number. */
export function Visible({ text }: { readonly text: string }) {
  return (
    <>
      {piecesOf(text).map((piece) =>
        'words' in piece ? (
          piece.words
        ) : (
          <span class="chip" title="a character that cannot be seen, or that reorders the text">
            {piece.hidden}
          </span>
        ),
      )}
    </>
  );
}

const MAX_SHOWN = 2_000;

/** The beginning of a long text, and all of it on request: nothing is left out in silence. */
export function Long({ text, max = MAX_SHOWN }: { readonly text: string; readonly max?: number }) {
  const isWhole = useSignal(false);
  if (text.length <= max || isWhole.value) return <Visible text={text} />;
  const show = () => {
    isWhole.value = true;
  };
  return (
    <>
      <Visible text={text.slice(0, max)} />…{' '}
      <button type="button" class="link" onClick={show}>
        Show all {text.length.toLocaleString('en')} characters
      </button>
    </>
  );
}

/** A moment: how long ago it was, and when. */
export function Ago({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={new Date(Date.parse(time)).toISOString()}>
      {agoText(time)}
    </time>
  );
}

/** A moment by the clock. */
export function At({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={new Date(Date.parse(time)).toISOString()}>
      {clockText(time)}
    </time>
  );
}
