import { useMemo } from 'preact/hooks';
import { Long, Visible } from './text.tsx';
import { tokensOf } from './tokens.ts';

/** Longer texts are shown without colours: each token is an element. */
const MAX_COLOURED_CHARACTERS = 20_000;

/** JSON with its colours, line by line. */
export function Code({ text }: { readonly text: string }) {
  const isShort = text.length <= MAX_COLOURED_CHARACTERS;
  const lines = useMemo(
    () => (isShort ? text.split('\n').map((line) => tokensOf(line, 'json')) : []),
    [text],
  );
  return (
    <pre class="output">
      {isShort ? (
        lines.map((tokens, row) => [
          ...tokens.map(({ kind, words }, at) =>
            kind === 'plain' ? (
              <Visible key={`${row}.${at}`} text={words} />
            ) : (
              <span key={`${row}.${at}`} class={`token-${kind}`}>
                <Visible text={words} />
              </span>
            ),
          ),
          '\n',
        ])
      ) : (
        <Long text={text} max={MAX_COLOURED_CHARACTERS} />
      )}
    </pre>
  );
}
