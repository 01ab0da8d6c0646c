/** Two stdio servers in processes of their own that change the same key of the shared memory; one is killed again and again. */
import { expect, test } from 'vitest';
import { memory, SERVE, ServerProcess, stateFolder } from './rig.ts';

const WRITES = 200;
const KILLED_AT = [20, 90, 160];

/** Adds words to the list under one key, each by comparing and changing. Returns how often somebody else was first. */
async function write(client: string, home: string, killedAt: readonly number[]): Promise<number> {
  const start = async () => {
    const server = new ServerProcess([...SERVE, 'memory', client], { BRIDGE_HOME: home });
    await server.initialize();
    return server;
  };
  let server = await start();
  let conflicts = 0;
  const toKill = new Set(killedAt);
  for (let n = 1; n <= WRITES; ) {
    const word = `${client} ${n}`;
    const { facts } = await server.call('memory_get', { key: 'list' });
    const list = facts.found === true ? (facts.value as string[]) : [];
    // A server that was killed may have written it.
    if (list.includes(word)) {
      n += 1;
      continue;
    }
    const change = { key: 'list', value: [...list, word], if_version: facts.version ?? 0 };
    if (toKill.delete(n)) {
      server.send('tools/call', { name: 'memory_set', arguments: change });
      server.kill('SIGKILL');
      await server.exit;
      server = await start();
      continue;
    }
    const set = await server.call('memory_set', change);
    if (set.isError) {
      expect(set.text).toMatch(
        /^ERROR: list was expected (at version \d+|as a new key), and is at version \d+, by /,
      );
      conflicts += 1;
    } else n += 1;
  }
  return conflicts;
}

test(`two servers that each compare and change one key ${WRITES} times lose no write, also when one is killed`, async () => {
  const home = stateFolder();
  const conflicts = await Promise.all([write('desktop', home, KILLED_AT), write('code', home, [])]);
  const { facts } = await (await memory(home)).call('memory_get', { key: 'list' });
  const list = facts.value as string[];
  for (const client of ['desktop', 'code'])
    expect(list.filter((word) => word.startsWith(client))).toEqual(
      Array.from({ length: WRITES }, (_, n) => `${client} ${n + 1}`),
    );
  expect(list).toHaveLength(2 * WRITES);
  // They did meet.
  expect(Math.max(...conflicts)).toBeGreaterThan(0);
}, 120_000);
