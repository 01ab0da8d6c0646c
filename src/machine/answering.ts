/** Folders that do not answer: whoever asks one on a network drive that is away may wait for ever. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';

const TIMEOUT_MS = 5_000;

/** A question that is not answered takes one of Node's few threads for files: the same one is not asked twice. */
const asked = new Map<string, Promise<void>>();

/** Whether the system answers within five seconds what is at this path, be it that nothing is. */
export async function answers(
  path: string,
  clock: Clock,
  look: (path: string) => Promise<unknown> = stat,
): Promise<boolean> {
  const ignore = () => undefined;
  const asking = asked.get(path) ?? look(path).then(ignore, ignore);
  asked.set(path, asking);
  void asking.then(() => asked.delete(path));
  const answered = new AbortController();
  const late = clock.sleep(TIMEOUT_MS, answered.signal).then(() => false);
  const isAnswered = await Promise.race([asking.then(() => true), late]);
  answered.abort();
  return isAnswered;
}
