import type { Cli } from '../context.ts';

/** Longer than this nobody likes to look at nothing. */
const PATIENCE_MS = 2_000;

/** Does the work, and says on a terminal what is being waited for when that takes its time. */
export async function waiting<T>(
  { out, clock }: Pick<Cli, 'out' | 'clock'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const say = () => {
    if (!over.signal.aborted) out.hint(what);
  };
  if (out.isTerminal) void clock.sleep(PATIENCE_MS, over.signal).then(say);
  try {
    return await work();
  } finally {
    over.abort();
  }
}
