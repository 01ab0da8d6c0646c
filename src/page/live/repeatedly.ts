import { after } from '../browser-clock.ts';
import { MIN_PAUSE_MS, type Repeated, repeatedWork } from './repeated-work.ts';

/** Does the work at once, then again when it was asked for meanwhile: never twice at a time, never late for good. */
export function repeatedly(work: () => Promise<void>): Repeated {
  return repeatedWork(work, () => new Promise((resolve) => void after(MIN_PAUSE_MS, resolve)));
}
