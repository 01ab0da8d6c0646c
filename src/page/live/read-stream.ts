/** Server-sent events by `fetch`: unlike `EventSource` it sends a header, and tells a refusal from a lost connection. */
import { createParser } from 'eventsource-parser';
import { keyHeaders, MAX_ANSWER_MS } from '../api.ts';
import { after, learnTime } from '../browser-clock.ts';

/** The server beats every 15 seconds: a stream without a byte for so long is lost, whatever the browser says. */
const MAX_SILENCE_MS = 40_000;

/** `name` is undefined for a frame without one. */
export interface Frame {
  readonly name: string | undefined;
  readonly data: string;
}

/**
 * Reads until the stream ends. Returns whether there was one at all; otherwise the status, 0 when nobody answered.
 */
export async function readStream(
  path: string,
  stop: AbortSignal,
  onFrame: (frame: Frame) => void,
): Promise<{ readonly status: number }> {
  const silent = new AbortController();
  const signal = AbortSignal.any([stop, silent.signal]);
  let callOff = after(MAX_ANSWER_MS, () => silent.abort());
  try {
    const headers = { ...keyHeaders(), Accept: 'text/event-stream' };
    const response = await fetch(path, { headers, cache: 'no-store', credentials: 'same-origin', signal });
    learnTime(response.headers.get('date'));
    if (!response.ok || !response.body) return { status: response.status };
    const parser = createParser({
      onEvent: ({ event, data }) => onFrame({ name: event, data }),
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { status: 200 };
      callOff();
      callOff = after(MAX_SILENCE_MS, () => silent.abort());
      parser.feed(value);
    }
  } catch {
    return { status: 0 };
  } finally {
    callOff();
  }
}
