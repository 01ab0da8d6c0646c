/** Keeps what the simulator was asked, so that a test can look back or wait for the next request. */
import type { ScriptTurn } from './turn.ts';

/** `main` is a request of Claude's agent loop, which the script answers; `auxiliary` is all the rest. */
export type RecordedRequest = MainRequest | AuxiliaryRequest;

interface MainRequest extends RequestLine {
  readonly kind: 'main';
  readonly turn: ScriptTurn;
}

interface AuxiliaryRequest extends RequestLine {
  readonly kind: 'auxiliary';
}

export interface RequestLine {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Size of the body. */
  readonly bytes: number;
  /** In lower case, never those that carry a key or token. */
  readonly headers: Readonly<Record<string, string>>;
  readonly at: Date;
}

export type RequestPredicate = (request: RecordedRequest) => boolean;

export interface Recorder {
  readonly requests: readonly RecordedRequest[];
  record(request: RecordedRequest): void;
  /** The first request, past or future, that fits. Rejects when `signal` aborts. */
  wait(predicate: RequestPredicate, signal: AbortSignal): Promise<RecordedRequest>;
}

export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = [];
  const listeners = new Set<(request: RecordedRequest) => void>();
  return {
    requests,
    record(request) {
      requests.push(request);
      for (const listener of listeners) listener(request);
    },
    async wait(predicate, signal) {
      const past = requests.find(predicate);
      if (past) return past;
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>();
      const listener = (request: RecordedRequest) => predicate(request) && resolve(request);
      const onAbort = () => reject(signal.reason);
      listeners.add(listener);
      signal.addEventListener('abort', onAbort, { once: true });
      return promise.finally(() => {
        listeners.delete(listener);
        signal.removeEventListener('abort', onAbort);
      });
    },
  };
}
