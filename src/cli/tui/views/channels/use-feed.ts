/** The messages of one channel: the newest, and each that comes, through lost connections. */
import { useEffect, useRef, useState } from 'react';
import type { WireListedMessage } from '../../../../wire/schemas/channel-http.ts';
import { type Tui, useTui } from '../../context.ts';
import type { Message } from '../../lines/message.ts';

/** Older ones are dropped from the screen alone. */
const MAX_MESSAGES = 200;
const RETRY_MS = 2_000;

export interface Feed {
  readonly messages: readonly Message[];
  /** What has come since the feed was stopped, and is not shown. */
  readonly held: number;
  /** Why there is none. */
  readonly problem: string | undefined;
  readonly isStopped: boolean;
  /** Stops it, or lets it go on. */
  toggle(): void;
  refresh(): void;
}

/** @param channel Undefined: there is none. */
export function useFeed(channel: string | undefined): Feed {
  const tui = useTui();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [waiting, setWaiting] = useState<readonly Message[]>([]);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isStopped, setStopped] = useState(false);
  const [count, setCount] = useState(0);
  const stopped = useRef(isStopped);
  stopped.current = isStopped;
  useEffect(() => {
    setMessages([]);
    setWaiting([]);
    setProblem(undefined);
    if (channel === undefined) return;
    const stop = new AbortController();
    void follow(tui, channel, stop.signal, {
      begin: (all) => setMessages(all),
      add(message) {
        if (stopped.current) setWaiting((before) => newest([...before, message]));
        else setMessages((before) => newest([...before, message]));
      },
      clear() {
        setMessages([]);
        setWaiting([]);
      },
      fail: setProblem,
    });
    return () => stop.abort();
    // Of all that the program has, it needs what never changes.
  }, [tui.client, tui.clock, channel, count]);
  return {
    messages,
    held: waiting.length,
    problem,
    isStopped,
    toggle() {
      if (isStopped) {
        setMessages(newest([...messages, ...waiting]));
        setWaiting([]);
      }
      setStopped(!isStopped);
    },
    refresh: () => setCount(count + 1),
  };
}

function newest(messages: readonly Message[]): readonly Message[] {
  return messages.slice(-MAX_MESSAGES);
}

interface Sink {
  begin(messages: readonly Message[]): void;
  add(message: Message): void;
  clear(): void;
  fail(problem: string | undefined): void;
}

async function follow({ client, clock }: Tui, channel: string, stop: AbortSignal, sink: Sink): Promise<void> {
  const name = encodeURIComponent(channel);
  while (!stop.aborted) {
    const listed = await client.call<{ readonly messages: readonly WireListedMessage[] }>(
      `GET /api/messages?channel=${name}&limit=${MAX_MESSAGES}&full=1`,
    );
    if (stop.aborted) return;
    sink.fail(listed.ok ? undefined : listed.problem.detail);
    if (listed.ok) {
      const messages = listed.value.messages.map(toMessage);
      sink.begin(messages);
      await followOn(client, channel, messages.at(-1)?.id, stop, sink);
    }
    // Whatever was missed is fetched.
    await clock.sleep(RETRY_MS, stop);
  }
}

function toMessage({ seq, id, sender, content = '', ts_full }: WireListedMessage): Message {
  return { seq, id, sender, content, at: ts_full };
}

async function followOn(
  client: Tui['client'],
  channel: string,
  after: string | undefined,
  stop: AbortSignal,
  sink: Sink,
): Promise<void> {
  const query = after === undefined ? '' : `?since_id=${encodeURIComponent(after)}`;
  const again = new AbortController();
  const signal = AbortSignal.any([stop, again.signal]);
  await client.stream(`/events/channel/${encodeURIComponent(channel)}${query}`, signal, ({ name, data }) => {
    if (stop.aborted) return;
    if (name === 'message') {
      const { seq, id, sender, content, timestamp } = JSON.parse(data) as Omit<Message, 'at'> & {
        timestamp: string;
      };
      sink.add({ seq, id, sender, content, at: timestamp });
    }
    if (name === 'clear') sink.clear();
    if (name === 'cursor_stale' || name === 'replay_truncated') again.abort();
  });
}
