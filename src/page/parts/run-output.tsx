/** What Claude writes in a run, as it writes it. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { WireRunItem, WireRunLine } from '../../wire/schemas/run-item.ts';
import { after } from '../browser-clock.ts';
import { readStream } from '../live/read-stream.ts';
import { Long } from './text.tsx';

/** Older lines are dropped: the whole is in `bridge-supervisor logs`. */
const MAX_LINES = 300;
const RETRY_MS = 2_000;
/** So near to the end a reader follows it. */
const FOLLOW_PX = 48;

export function RunOutput({ id }: { readonly id: string }) {
  const isOpen = useSignal(false);
  return (
    <details onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>What it does, live</summary>
      {isOpen.value && <Lines id={id} />}
    </details>
  );
}

function Lines({ id }: { readonly id: string }) {
  const lines = useSignal<readonly WireRunLine[]>([]);
  const unseen = useSignal(0);
  const element = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const stop = new AbortController();
    void follow(id, stop.signal, (line) => {
      const list = element.current;
      const isAtEnd = !list || list.scrollHeight - list.scrollTop - list.clientHeight < FOLLOW_PX;
      lines.value = [...lines.peek(), line].slice(-MAX_LINES);
      if (!isAtEnd) unseen.value += 1;
      else queueMicrotask(() => list?.scrollTo(0, list.scrollHeight));
    });
    return () => stop.abort();
  }, [id]);
  const toEnd = () => {
    unseen.value = 0;
    element.current?.scrollTo(0, element.current.scrollHeight);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable). */}
      <ol class="run-output" ref={element} tabIndex={0} aria-label="What Claude writes">
        {lines.value.flatMap(({ items, position }) =>
          items.map((item, at) => <Item key={`${position}.${at}`} item={item} />),
        )}
      </ol>
      {unseen.value > 0 && (
        <button type="button" onClick={toEnd}>
          {unseen.value} new below
        </button>
      )}
    </>
  );
}

/** Until the run ends, through lost connections. */
async function follow(id: string, stop: AbortSignal, take: (line: WireRunLine) => void): Promise<void> {
  let position = 0;
  let isOver = false;
  while (!stop.aborted && !isOver) {
    const { status } = await readStream(`/runs/${id}/stream?after=${position}`, stop, ({ name, data }) => {
      if (name === 'end') isOver = true;
      if (name !== undefined) return;
      const line = JSON.parse(data) as WireRunLine;
      position = line.position;
      take(line);
    });
    if (status === 404 || status === 401) return;
    if (!isOver && !stop.aborted) await new Promise<void>((resolve) => void after(RETRY_MS, resolve));
  }
}

function Item({ item }: { readonly item: WireRunItem }) {
  switch (item.kind) {
    case 'tool_call':
      return (
        <li class="item-call">
          <Long text={item.summary} max={300} />
        </li>
      );
    case 'tool_result':
      return item.failed ? <li class="item-failed">failed</li> : null;
    case 'text':
      return (
        <li>
          <Long text={item.text} max={1_000} />
        </li>
      );
    case 'message':
      return (
        <li class="item-message">
          You: <Long text={item.text} max={600} />
        </li>
      );
    case 'denied':
      return <li class="item-failed">denied{item.reason !== null && `: ${item.reason}`}</li>;
    default:
      return null;
  }
}
