/** The graph of the shared memory on the command line. */
import { describe, expect } from 'vitest';
import { addToGraph } from '../../src/bridge/graph.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { granted, type Rig, test } from './rig.ts';

const CODE = { actor: 'code', runId: '0123456789ab' } as const;

/** Two entities and two relations, of which one leads to nothing known. */
async function fill(rig: Rig): Promise<void> {
  granted(
    await addToGraph(
      await rig.bridge,
      {
        entities: [
          { name: 'Shop', entityType: 'company', observations: [] },
          { name: 'Ann Lee', entityType: 'person', observations: ['bakes BREAD', 'sings\nloud'] },
        ],
        relations: [
          { from: 'Ann Lee', relationType: 'works_at', to: 'Shop' },
          { from: 'Ann Lee', relationType: 'knows', to: 'Carl' },
        ],
      },
      CODE,
    ),
  );
}

async function json(rig: Rig, command: 'list' | 'show' | 'search' | 'delete', ...args: string[]) {
  const { code, stdout, stderr } = await rig.run('memory', 'graph', command, ...args, '--json');
  expect(code, stderr).toBe(0);
  const value: unknown = JSON.parse(stdout);
  const parsed: unknown = OUTPUTS[`memory graph ${command}`].parse(value);
  expect(parsed).toEqual(value);
  return parsed;
}

describe('memory graph', () => {
  test('memory graph list shows each entity with how much is known of it, and by whom', async ({ rig }) => {
    await fill(rig);
    const { stdout } = await rig.run('memory', 'graph', 'list');
    expect(stdout).toMatch(
      /^Ann Lee {2}\(person\)\n {2}2 observations · 2 relations · by code \(run 0123456789ab\), .*\nShop {2}\(company\)\n {2}0 observations · 1 relation · .*\n2 entities, 2 observations, 2 relations in all\.\n$/,
    );
    expect(await json(rig, 'list')).toMatchObject({
      entities: [
        { name: 'Ann Lee', entityType: 'person', observation_count: 2, relation_count: 2, author: 'code' },
        { name: 'Shop', observation_count: 0, relation_count: 1, run_id: '0123456789ab' },
      ],
      total_entities: 2,
      total_observations: 2,
      total_relations: 2,
    });
  });

  test('memory graph show has all that is known of one entity, and names what there is where there is none', async ({
    rig,
  }) => {
    await fill(rig);
    const { stdout } = await rig.run('memory', 'graph', 'show', 'Ann Lee');
    for (const line of ['  - bakes BREAD', '  - sings', '    loud', '  - Ann Lee → works_at → Shop'])
      expect(stdout.split('\n')).toContain(line);
    expect(await json(rig, 'show', 'Ann Lee')).toMatchObject({
      observations: [{ content: 'bakes BREAD' }, { content: 'sings\nloud', author: 'code' }],
      relations: [{ relationType: 'works_at', to: 'Shop' }, { relationType: 'knows' }],
    });
    expect(await json(rig, 'show', 'Shop')).toMatchObject({ observations: [], relations: [{ to: 'Shop' }] });
    const none = await rig.run('memory', 'graph', 'show', 'ann lee');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain("there is no entity 'ann lee'.");
    expect(none.stderr).toContain('bridge-supervisor memory graph list');
  });

  test('memory graph search finds names, types and observations in any case, and shows what it found', async ({
    rig,
  }) => {
    await fill(rig);
    const { stdout } = await rig.run('memory', 'graph', 'search', 'bread');
    expect(stdout).toMatch(/^Ann Lee {2}\(person\)\n.*\n {2}- bakes BREAD\n$/);
    expect(await json(rig, 'search', 'COMPANY')).toMatchObject({ entities: [{ name: 'Shop', found: [] }] });
    expect(await json(rig, 'search', '%')).toEqual({ entities: [] });
    expect((await rig.run('memory', 'graph', 'search', 'cheese')).stdout).toBe(
      "Nothing in the graph holds 'cheese'.\n",
    );
  });

  test('memory graph delete takes away an observation, a relation or all of an entity, and says how much', async ({
    rig,
  }) => {
    await fill(rig);
    expect(await json(rig, 'delete', 'Ann Lee', '--observation', 'bakes BREAD')).toEqual({
      entities: 0,
      observations: 1,
      relations: 0,
    });
    const one = await rig.run('memory', 'graph', 'delete', 'Ann Lee', '--relation', 'knows', '--to', 'Carl');
    expect(one.stdout).toBe('Deleted: 0 entities, 0 observations, 1 relation.\n');
    const all = await rig.run('memory', 'graph', 'delete', 'Ann Lee', '--yes');
    expect(all.stdout).toBe('Deleted: 1 entity, 1 observation, 1 relation.\n');
    const again = await rig.run('memory', 'graph', 'delete', 'Ann Lee');
    expect(again).toMatchObject({ code: 0, stdout: 'There is no such thing in the graph.\n' });
    expect(again.stderr).toContain('bridge-supervisor memory graph list');
    expect(await json(rig, 'list')).toMatchObject({ entities: [{ name: 'Shop' }], total_relations: 0 });
  });

  test('memory graph delete refuses half a relation, and deletes nothing', async ({ rig }) => {
    await fill(rig);
    const refused = await rig.run('memory', 'graph', 'delete', 'Ann Lee', '--relation', 'knows');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--relation and --to name a relation together');
    expect(await json(rig, 'list')).toMatchObject({ total_entities: 2, total_relations: 2 });
  });

  test('a run is refused memory graph delete', async ({ rig }) => {
    await fill(rig);
    const env = { BRIDGE_RUN_ID: '0123456789ab', BRIDGE_PROJECT_ID: '0123456789ab' };
    const refused = await rig.runWith({ env }, 'memory', 'graph', 'delete', 'Shop');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('a run cannot decide about work');
    expect(await json(rig, 'list')).toMatchObject({ total_entities: 2 });
  });

  test('memory graph shows nothing that hides, and fits the terminal', async ({ rig }) => {
    const long = 'x'.repeat(200);
    granted(
      await addToGraph(
        await rig.bridge,
        { entities: [{ name: long, entityType: 't', observations: [`a\u202eb ${'word '.repeat(50)}`] }] },
        CODE,
      ),
    );
    for (const args of [['list'], ['show', long], ['search', 'word']]) {
      const { stdout } = await rig.run('memory', 'graph', ...args);
      expect(stdout).not.toContain('\u202e');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });
});
