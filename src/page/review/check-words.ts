/** How a check ended, in few words. Pure. */
import type { WireEvidence } from '../../wire/schemas/evidence.ts';

type Check = WireEvidence['checks'][number];

const TAIL_LINES = 6;

/** Where a program says why it failed. */
export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

export function endText({ timed_out, failure, signal, exit_code }: Check): string {
  if (failure !== null) return 'could not be started';
  if (timed_out) return 'timed out';
  if (signal !== null) return `ended by ${signal}`;
  return exit_code === 0 ? 'passed' : `exit ${exit_code}`;
}
