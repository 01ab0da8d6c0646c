/** Folders that do not answer: a call into a disconnected network drive may wait for ever. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';

const TIMEOUT_MS = 5_000;

/** An unanswered call occupies one of Node's few file threads, so the same path is not asked twice. */
const asked = new Map<string, Promise<void>>();

/** Whether the file system answers for this path within five seconds; that nothing is there is an answer too. */
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
