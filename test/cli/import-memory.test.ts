/** The file of the reference memory server on the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { readMemoryFile } from '../../src/project/memory-file.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { type Rig, test } from './rig.ts';

const entity = (name: string, entityType: string, observations: unknown[] = []) => ({
  type: 'entity',
  name,
  entityType,
  observations,
});
const relation = (from: string, relationType: string, to: string) => ({
  type: 'relation',
  from,
  to,
  relationType,
});

const ITEMS = [
  entity('Ann', 'person', ['bakes', 'bakes', `long ${'é'.repeat(3_000)}`]),
  entity('Ann', 'robot', ['sings', ' \n', '\u0007']),
  entity('tidy\u202eName', 'person', ['bell\u0007']),
  relation('Ann', 'works_at', 'Nowhere'),
  relation('Ann', 'works_at', 'Nowhere'),
];

function written(rig: Rig, text: string, name = 'memory.jsonl'): string {
  const file = join(rig.root, name);
  writeFileSync(file, text);
  return file;
}

async function imported(rig: Rig, ...args: string[]) {
  const { stdout, stderr } = await rig.run('import', ...args, '--json');
  return OUTPUTS.import.parse(JSON.parse(stdout || stderr)) as Record<string, unknown>;
}

async function stored(rig: Rig) {
  const { read } = databaseOf(await rig.bridge);
  const entities = await read
    .selectFrom('graph_entities')
    .select(['name', 'entity_type', 'author'])
    .execute();
  const observations = await read.selectFrom('graph_observations').select('content').orderBy('id').execute();
  const relations = await read.selectFrom('graph_relations').select(['from_name', 'to_name']).execute();
  return { entities, observations: observations.map(({ content }) => content), relations };
}

describe('import of the file of a memory server', () => {
  test('a memory file is taken over whole and once, what had to be changed is said, and the file stays as it is', async ({
    rig,
  }) => {
    const text = `${ITEMS.map((item) => JSON.stringify(item)).join('\n')}\n{"type":"ent\n`;
    const file = written(rig, text);
    const expected = {
      file,
      kind: 'memory',
      found: { entities: 3, observations: 6, relations: 2 },
      added: { entities: 2, observations: 5, relations: 1 },
      other_types: ['Ann'],
      cleaned: 2,
      divided: 1,
      blank: 2,
      not_understood: 1,
    };
    expect(await imported(rig, file, '--dry-run')).toEqual({ ...expected, dry_run: true });
    expect((await stored(rig)).entities).toEqual([]);
    const { stdout } = await rig.run('import', file);
    expect(stdout.split('\n')).toEqual([
      'Imported: 2 entities, 5 observations, 1 relation.',
      'In the file: 3 entities, 6 observations, 2 relations; the others are here already.',
      'Here with another type, which stays: “Ann”.',
      '2 texts cleaned: tools take no control or hidden characters in names.',
      '1 observation kept in parts: longer than one may be here.',
      '2 observations without any text, left out.',
      '1 line not understood, and left out.',
      'Next: bridge-supervisor setup --toolset graph',
      '',
    ]);
    const there = await stored(rig);
    expect(there.entities).toEqual([
      { name: 'Ann', entity_type: 'person', author: 'person' },
      { name: 'tidyName', entity_type: 'person', author: 'person' },
    ]);
    expect(there.observations.slice(1, 3).join('')).toBe(`long ${'é'.repeat(3_000)}`);
    expect(there.relations).toEqual([{ from_name: 'Ann', to_name: 'Nowhere' }]);
    const again = await imported(rig, file);
    expect(again.added).toEqual({ entities: 0, observations: 0, relations: 0 });
    expect(await stored(rig)).toEqual(there);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('a memory file that is one object with lists is understood, under any name', async ({ rig }) => {
    const whole = {
      entities: [{ name: 'Ann', entityType: 'person', observations: ['bakes'] }],
      relations: [{ from: 'Ann', to: 'Bob', relationType: 'knows' }],
    };
    const file = written(rig, `\uFEFF${JSON.stringify(whole, null, 2)}`, 'of-then.json');
    expect(await imported(rig, file)).toMatchObject({
      added: { entities: 1, observations: 1, relations: 1 },
      not_understood: 0,
    });
  });

  test.each([
    ['JSON of something else', '{"a": 1}\n'],
    ['lines with nothing of a memory', '{"type":"entity"}\n{"type":"relation","from":1}\n'],
    ['an empty file', ''],
  ])('%s is not taken for a memory file', (_, text) => {
    expect(readMemoryFile(text)).toBeUndefined();
  });
});
