import type { WireChannelMessage } from '../../wire/schemas/channel-http.ts';
import { sizeText } from '../figures.ts';
import { ofNothing } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { Code } from '../parts/code.tsx';
import { Copy } from '../parts/copy.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { At, Long, Visible } from '../parts/text.tsx';
import { plainLine } from '../visible-text.ts';

/** One message whole: who sent it, when, and what it says; JSON is set in lines. */
export function Inspector({ id }: { readonly id: string }) {
  return (
    <section class="pane pane-message" aria-label="Message">
      <Whole id={id} />
    </section>
  );
}

function Whole({ id }: { readonly id: string }) {
  const message = useResource<WireChannelMessage>(`/api/messages/${encodeURIComponent(id)}`, ofNothing);
  if (message.value) return <Shown message={message.value} />;
  if (!message.problem) return <p class="quiet">Loading…</p>;
  return message.problem.status === 404 ? (
    <p class="note note-warn">
      This message is not there any more: its channel was cleared, or it was too old.
    </p>
  ) : (
    <ProblemNote problem={message.problem} />
  );
}

const ENCODINGS = {
  legacy_text: 'text',
  legacy_json: 'JSON',
  structured: 'structured message',
  unsupported: 'structured message of another version',
  invalid: 'JSON that looks like a structured message',
} as const satisfies Readonly<Record<WireChannelMessage['encoding'], string>>;

function Shown({ message }: { readonly message: WireChannelMessage }) {
  const { id, seq, channel, sender, ts, bytes, encoding, content, is_json: isJson } = message;
  const { content_parsed: parsed, parse_warning: warning } = message;
  return (
    <>
      <h2>
        #{seq} {plainLine(sender)} → {plainLine(channel)}
      </h2>
      <p class="facts">
        <span>
          <At time={ts} />
        </span>
        <span>{sizeText(bytes)}</span>
        <span>{ENCODINGS[encoding]}</span>
      </p>
      {warning !== undefined && (
        <p class="warn">
          <Visible text={warning} />
        </p>
      )}
      {isJson ? (
        <Code text={JSON.stringify(parsed, undefined, 2)} />
      ) : (
        <pre class="output">
          <Long text={content} max={20_000} />
        </pre>
      )}
      <div class="choices">
        <Copy text={content} name="Copy" />
        <Copy text={id} name="Copy id" />
      </div>
    </>
  );
}
