/** The shared memory on the command line. */
import { describe, expect } from 'vitest';
import { setMemory } from '../../src/bridge/memory.ts';
import { memoryLimits } from '../../src/config-channels.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { granted, type Rig, test } from './rig.ts';

async function setByCode(rig: Rig, key: string, value: unknown): Promise<number> {
  const writer = { actor: 'code', runId: '0123456789ab' } as const;
  return granted(await setMemory(await rig.bridge, memoryLimits(), { key, value }, writer)).head.version;
}

async function json(rig: Rig, command: 'list' | 'get' | 'set' | 'delete', ...args: string[]) {
  const { code, stdout, stderr } = await rig.run('memory', command, ...args, '--json');
  expect(code, stderr).toBe(0);
  const value: unknown = JSON.parse(stdout);
  const parsed: unknown = OUTPUTS[`memory ${command}`].parse(value);
  expect(parsed).toEqual(value);
  return parsed;
}

describe('memory', () => {
  test('memory set keeps JSON, and a text where it is none; memory get prints the JSON alone on stdout', async ({
    rig,
  }) => {
    expect((await rig.run('memory', 'set', 'shop/port', '8080')).stdout).toBe(
      'shop/port is at version 1 now.\n',
    );
    expect((await rig.run('memory', 'get', 'shop/port')).stdout).toBe('8080\n');
    await rig.run('memory', 'set', 'shop/name', 'Shop of all');
    expect((await rig.run('memory', 'get', 'shop/name')).stdout).toBe('"Shop of all"\n');
    await rig.runWith({ stdin: '{"a": [1, "\u200b"]}\n' }, 'memory', 'set', 'shop/all', '-');
    const got = await rig.run('memory', 'get', 'shop/all');
    expect(got.stdout).not.toContain('\u200b');
    expect(JSON.parse(got.stdout)).toEqual({ a: [1, '\u200b'] });
    expect(got.stderr).toMatch(/^version 3, 15 bytes, by person, 20\S+Z\n$/);
  });

  test('memory list shows what an agent wrote with its run, and no value', async ({ rig }) => {
    await setByCode(rig, 'shop/port', 'secret');
    await rig.run('memory', 'set', 'other', '1');
    const listed = await rig.run('memory', 'list', 'shop/');
    expect(listed.stdout).toMatch(
      /^shop\/port {2}version 1, 8 bytes, by code \(run 0123456789ab\), 20\S+Z\n1 key of 2; 9 bytes in all\.\n$/,
    );
    expect(await json(rig, 'list')).toMatchObject({
      keys: [
        { key: 'other', author: 'person', run_id: null, bytes: 1 },
        { key: 'shop/port', author: 'code', run_id: '0123456789ab', bytes: 8 },
      ],
      total_keys: 2,
      total_bytes: 9,
    });
  });

  test('a change that names an older version is refused, and says what is there', async ({ rig }) => {
    const version = await setByCode(rig, 'k', 1);
    await json(rig, 'set', 'k', '2', '--if-version', String(version));
    const refused = await rig.run('memory', 'set', 'k', '3', '--if-version', String(version));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /k was expected at version 1, and is at version 2, by person, .*read it, then/,
    );
    expect(await json(rig, 'set', 'k', '2')).toMatchObject({ version: 2, unchanged: true });
  });

  test('a deleted key can be read by its version, and memory get says what there is', async ({ rig }) => {
    await setByCode(rig, 'k', { was: 'here' });
    expect(await json(rig, 'delete', 'k')).toEqual({ key: 'k', deleted: true, version: 2 });
    expect((await rig.run('memory', 'delete', 'k')).stdout).toBe('There is no key k.\n');
    expect(await json(rig, 'get', 'k')).toMatchObject({ value: null, bytes: 0, version: 2 });
    expect(await json(rig, 'get', 'k', '1')).toMatchObject({
      value: { was: 'here' },
      versions: [{ version: 2 }, { version: 1 }],
    });
    const none = await rig.run('memory', 'get', 'k', '9');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain("there is no version 9 of 'k'; there are: 2, 1.");
  });

  test.for([
    ['an unfinished object', 'k', '{"a":1', 'the value is no JSON'],
    ['null', 'k', 'null', 'value: must be a value of JSON other than null'],
    ['a hidden character in the key', 'a\u202eb', '1', 'key: must not contain control or hidden characters'],
  ])('memory set refuses %s in one line, and writes nothing', async ([, key = '', value = '', why], {
    rig,
  }) => {
    const refused = await rig.run('memory', 'set', key, value);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(why);
    expect(refused.stderr.trimEnd()).not.toContain('\n');
    expect(await json(rig, 'list')).toMatchObject({ keys: [] });
  });

  test.for([
    ['set', 'k', '1'],
    ['delete', 'k'],
  ])('a run is refused memory %s', async (args, { rig }) => {
    const env = { BRIDGE_RUN_ID: '0123456789ab', BRIDGE_PROJECT_ID: '0123456789ab' };
    const refused = await rig.runWith({ env }, 'memory', ...args);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('a run cannot decide about work');
  });
});
