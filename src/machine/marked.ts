/** Every process that carries a mark of ours in its environment, whatever the mark's value. */
import type { ProcessIdentity } from './identity.ts';
import { processes } from './processes.ts';
import { living } from './tree.ts';

export interface MarkedProcess extends ProcessIdentity {
  readonly name: string;
  readonly value: string;
}

/** None on Windows, where nobody can look. A value ends at the first blank where only `ps` tells. */
export async function processesMarked(mark: string): Promise<MarkedProcess[]> {
  const [marks, rows] = await Promise.all([processes.marks(mark), living()]);
  return rows.flatMap(({ pid, startedAt, name }) => {
    const value = marks.get(pid);
    return value === undefined ? [] : [{ pid, startedAt, name, value }];
  });
}
