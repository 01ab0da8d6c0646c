/** The signals by which a terminal, a service manager or a shutdown asks us to stop. */
import { isHangupIgnored } from '../../machine/hangup.ts';

export interface StopRequest {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the second. */
  readonly again: Promise<{ readonly kind: 'hurried' }>;
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function stopRequest(): StopRequest {
  const first = new AbortController();
  const { promise: again, resolve } = Promise.withResolvers<{ kind: 'hurried' }>();
  const onSignal = () => (first.signal.aborted ? resolve({ kind: 'hurried' }) : first.abort());
  const signals = SIGNALS.filter((signal) => signal !== 'SIGHUP' || !isHangupIgnored());
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: first.signal,
    again,
    dispose() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
