import type { Cli } from '../context.ts';

/** Show a hint after this long. */
const HINT_AFTER_MS = 2_000;

/** Does the work. On a terminal, prints `hint` when it takes long. */
export async function withProgress<T>(
  { out, clock }: Pick<Cli, 'out' | 'clock'>,
  hint: string,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const showHint = () => {
    if (!over.signal.aborted) out.hint(hint);
  };
  if (out.isTerminal) void clock.sleep(HINT_AFTER_MS, over.signal).then(showHint);
  try {
    return await work();
  } finally {
    over.abort();
  }
}
