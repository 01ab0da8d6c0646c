/** Two stdio servers in processes of their own that write into one graph; one is killed again and again, in each kind of call. */
import { expect, test } from 'vitest';
import { integrityOf, rowsOf } from '../store/raw.ts';
import { SERVE, ServerProcess, stateFolder } from './rig.ts';

const WRITES = 200;
/** The number of the write, and which of its three calls is cut off. */
const KILLED_AT: readonly [n: number, call: number][] = [
  [20, 0],
  [90, 1],
  [160, 2],
];

/** Three calls for each number: an entity, an observation of the one that both share, and a relation to it. */
const callsOf = (side: string, n: number) =>
  [
    ['create_entities', { entities: [{ name: `${side} ${n}`, entityType: 't', observations: [`of ${n}`] }] }],
    ['add_observations', { observations: [{ entityName: 'shared', contents: [`${side} ${n}`] }] }],
    ['create_relations', { relations: [{ from: `${side} ${n}`, relationType: 'of', to: 'shared' }] }],
  ] as const;

async function write(side: string, home: string, killedAt: typeof KILLED_AT): Promise<void> {
  const start = async () => {
    const server = new ServerProcess([...SERVE, 'graph', side], { BRIDGE_HOME: home });
    await server.initialize();
    return server;
  };
  let server = await start();
  await server.call('create_entities', {
    entities: [{ name: 'shared', entityType: 't', observations: [] }],
  });
  for (let n = 1; n <= WRITES; n += 1)
    for (const [index, [name, args]] of callsOf(side, n).entries()) {
      if (killedAt.some(([at, call]) => at === n && call === index)) {
        server.send('tools/call', { name, arguments: args });
        server.kill('SIGKILL');
        await server.exit;
        server = await start();
      }
      // The one that was killed may have written it: nothing is there twice.
      const written = await server.call(name, args);
      expect(written.isError, written.text).toBe(false);
    }
}

test(`two servers that each write ${WRITES} times into the graph lose and double nothing, also when one is killed`, async () => {
  const home = stateFolder();
  await Promise.all([write('desktop', home, KILLED_AT), write('code', home, [])]);
  const numbers = Array.from({ length: WRITES }, (_, index) => index + 1);
  const names = ['desktop', 'code'].flatMap((side) => numbers.map((n) => `${side} ${n}`)).sort();
  const entities = rowsOf(home, 'graph_entities');
  expect(entities.map(({ name }) => name).sort()).toEqual([...names, 'shared'].sort());
  const shared = entities.find(({ name }) => name === 'shared')?.id;
  const observations = rowsOf(home, 'graph_observations');
  const ofShared = observations.filter(({ entity_id }) => entity_id === shared);
  expect(ofShared.map(({ content }) => content).sort()).toEqual(names);
  expect(observations).toHaveLength(2 * names.length);
  const relations = rowsOf(home, 'graph_relations');
  expect(relations.map(({ from_name, to_name }) => `${from_name} > ${to_name}`).sort()).toEqual(
    names.map((name) => `${name} > shared`),
  );
  // Each write has its event, and none has two.
  const added = rowsOf(home, 'events')
    .filter(({ type }) => type === 'memory.graph_added')
    .map(({ data }) => JSON.parse(data) as Record<'entities' | 'observations' | 'relations', number>);
  const sum = (key: keyof (typeof added)[number]) => added.reduce((total, one) => total + one[key], 0);
  expect([sum('entities'), sum('observations'), sum('relations')]).toEqual([
    entities.length,
    observations.length,
    relations.length,
  ]);
  expect(integrityOf(home)).toBe('ok');
}, 240_000);
