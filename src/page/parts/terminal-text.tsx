/** What a program printed, with its colours. */
import Anser from 'anser';
import { Visible } from './text.tsx';

const COLOURS = new Set(
  ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((name) => [
    `ansi-${name}`,
    `ansi-bright-${name}`,
  ]),
);

export function TerminalText({ text }: { readonly text: string }) {
  const chunks = Anser.ansiToJson(text, { use_classes: true, remove_empty: true });
  return (
    <pre class="output">
      {chunks.map(({ content, fg, decorations }, at) => {
        const names = [
          COLOURS.has(fg) ? fg : '',
          decorations.includes('bold') ? 'strong' : '',
          decorations.includes('dim') ? 'quiet' : '',
        ].filter(Boolean);
        return names.length === 0 ? (
          <Visible key={`${at}`} text={content} />
        ) : (
          <span key={`${at}`} class={names.join(' ')}>
            <Visible text={content} />
          </span>
        );
      })}
    </pre>
  );
}
