/** The shared memory in the store: what is kept of earlier versions, and what goes when. */
import { describe, expect, test } from 'vitest';
import { deleteMemory, readMemory, setMemory } from '../../src/bridge/memory.ts';
import { tidyMemory } from '../../src/bridge/tidy-memory.ts';
import { memoryLimits } from '../../src/config-channels.ts';
import { createRig, type Rig } from '../rig.ts';

const LIMITS = memoryLimits();
const PERSON = { actor: 'person', runId: null } as const;
const RUN = { actor: 'code', runId: '0123456789ab' } as const;

async function set(rig: Rig, key: string, value: unknown, writer: typeof PERSON | typeof RUN = PERSON) {
  const done = await setMemory(rig.bridge, { ...LIMITS, keepVersions: 3 }, { key, value }, writer);
  if (!done.ok) throw new Error(done.refusal);
}

async function values(rig: Rig, key: string): Promise<unknown[]> {
  const { versions } = await readMemory(rig.bridge, key);
  const entries = versions.map(async ({ version }) => (await readMemory(rig.bridge, key, version)).entry);
  return (await Promise.all(entries)).map((entry) => JSON.parse(entry?.value ?? 'null'));
}

describe('earlier versions', () => {
  test('the newest versions of each key are kept, as many as configured', async () => {
    await using rig = await createRig();
    for (const value of [1, 2, 3, 4, 5]) await set(rig, 'k', value);
    await set(rig, 'other', 'x');
    expect(await values(rig, 'k')).toEqual([5, 4, 3]);
    expect(await values(rig, 'other')).toEqual(['x']);
  });

  test('a run that writes again and again pushes out its own versions, never those of a person', async () => {
    await using rig = await createRig();
    await set(rig, 'k', 'mine');
    await set(rig, 'k', 'mine too');
    for (const value of [1, 2, 3, 4]) await set(rig, 'k', value, RUN);
    expect(await values(rig, 'k')).toEqual([4, 'mine too', 'mine']);
  });

  test('a version number never comes again, also after its key was forgotten', async () => {
    await using rig = await createRig();
    await set(rig, 'k', 1);
    await deleteMemory(rig.bridge, LIMITS, { key: 'k' }, PERSON);
    await tidyMemory(rig.bridge, { ...LIMITS, keepDeletedDays: -1 });
    expect(rig.rowsOf('memory')).toEqual([]);
    await set(rig, 'k', 1);
    expect((await readMemory(rig.bridge, 'k')).entry?.version).toBeGreaterThan(2);
  });
});

describe('tidying the memory', () => {
  test('a deleted key is forgotten when its time is over, and no other', async () => {
    await using rig = await createRig();
    for (const key of ['gone', 'kept', 'back']) await set(rig, key, key);
    for (const key of ['gone', 'back']) await deleteMemory(rig.bridge, LIMITS, { key }, PERSON);
    await set(rig, 'back', 'again');
    await tidyMemory(rig.bridge, LIMITS);
    expect(await values(rig, 'gone')).toEqual([null, 'gone']);
    await tidyMemory(rig.bridge, { ...LIMITS, keepDeletedDays: -1 });
    expect(await values(rig, 'gone')).toEqual([]);
    expect(await values(rig, 'kept')).toEqual(['kept']);
    expect(await values(rig, 'back')).toEqual(['again', null, 'back']);
  });

  test('earlier versions beyond the limit go, the oldest first, and no newest version does', async () => {
    await using rig = await createRig();
    for (const word of ['a', 'b', 'c']) await set(rig, word, word.repeat(400));
    for (const word of ['a', 'b', 'c']) await set(rig, word, 'short');
    await tidyMemory(rig.bridge, { ...LIMITS, maxMb: 0.000_9 });
    expect(await values(rig, 'a')).toEqual(['short']);
    expect(await values(rig, 'b')).toEqual(['short', 'b'.repeat(400)]);
    expect(await values(rig, 'c')).toEqual(['short', 'c'.repeat(400)]);
  });
});
