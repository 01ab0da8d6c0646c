/** When a change of ours was committed. */
import type { Bridge } from '../../src/bridge/bridge.ts';
import { databaseOf, withDatabase } from '../../src/bridge/open-bridge.ts';
import { moment } from './puppet.ts';

/** The same bridge, noting when its last change was committed: what a verb does after that is not part of it. */
export function notingCommits(bridge: Bridge) {
  let committed = { moment: 0, time: 0 };
  const database = databaseOf(bridge);
  const noting = withDatabase(bridge, {
    ...database,
    async write(work) {
      const result = await database.write(work);
      committed = { moment: moment(), time: Date.now() };
      return result;
    },
  });
  return { bridge: noting, committed: () => committed };
}
