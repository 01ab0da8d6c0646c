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

/** @param isMeant Whether a signal asks us: one from the keyboard reaches every program at the terminal. */
export function stopRequest(isMeant: (signal: NodeJS.Signals) => boolean = () => true): StopRequest {
  const first = new AbortController();
  const { promise: again, resolve } = Promise.withResolvers<{ kind: 'hurried' }>();
  const onSignal = (signal: NodeJS.Signals) => {
    if (!isMeant(signal)) return;
    if (first.signal.aborted) resolve({ kind: 'hurried' });
    else first.abort();
  };
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
