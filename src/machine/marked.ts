/** Finds every process that has a mark of ours in its environment, with any value. */
import type { ProcessIdentity } from './identity.ts';
import { processes } from './processes.ts';
import { living } from './tree.ts';

export interface MarkedProcess extends ProcessIdentity {
  readonly name: string;
  readonly value: string;
}

/** None on Windows, which shows no environments. From `ps`, a value ends at its first blank. */
export async function processesMarked(mark: string): Promise<MarkedProcess[]> {
  const [marks, rows] = await Promise.all([processes.marks(mark), living()]);
  return rows.flatMap(({ pid, startedAt, name }) => {
    const value = marks.get(pid);
    return value === undefined ? [] : [{ pid, startedAt, name, value }];
  });
}
