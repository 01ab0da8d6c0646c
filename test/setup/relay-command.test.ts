/** The command /get that setup writes for Claude Code with the relay. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { RELAY_COMMAND, relayCommandFile } from '../../src/setup/relay-command.ts';
import { type Rig, test } from './rig.ts';

const RELAY = { desktop: null, code: true, toolsets: ['relay'] } as const;
const OLD_BODY = 'description: Older\n---\nGet.\n';
const OLDER = `---\n# bridge-supervisor setup --toolset relay wrote this, sha256 ${createHash('sha256').update(OLD_BODY).digest('hex')}\n${OLD_BODY}`;
const fileOf = (rig: Rig) => relayCommandFile(rig.context);

async function given(rig: Rig, text: string): Promise<void> {
  await mkdir(dirname(fileOf(rig)), { recursive: true });
  await writeFile(fileOf(rig), text);
}

describe('/get of Claude Code', () => {
  test('/get is written with the relay alone, where Claude Code looks, and removed with its folders', async ({
    rig,
  }) => {
    await rig.setup({ desktop: null, code: true });
    expect(await rig.tree()).not.toContain(join('home', '.claude'));
    await rig.setup(RELAY);
    expect(fileOf(rig)).toBe(join(rig.context.homeDir, '.claude', 'commands', 'get.md'));
    expect(await readFile(fileOf(rig), 'utf8')).toBe(RELAY_COMMAND);
    const again = await rig.plan(RELAY);
    expect(again.files.filter(({ owner }) => owner === 'command')).toMatchObject([{ text: RELAY_COMMAND }]);
    await rig.remove(RELAY);
    expect(await rig.tree()).not.toContain(join('home', '.claude'));
  });

  test('setup --remove takes it away as well, and without the ledger it is known by its header', async ({
    rig,
  }) => {
    await given(rig, RELAY_COMMAND);
    await rig.remove({ desktop: null, code: true });
    expect(await rig.tree()).not.toContain(join('home', '.claude', 'commands', 'get.md'));
    expect(await rig.tree()).toContain(join('home', '.claude', 'commands'));
  });

  test('the removal of another toolset leaves it', async ({ rig }) => {
    await rig.setup(RELAY);
    await rig.remove({ ...RELAY, toolsets: ['channels'] });
    expect(await readFile(fileOf(rig), 'utf8')).toBe(RELAY_COMMAND);
  });

  test.for([
    ["another's", 'Get the weather.\n', 'it is not ours, and stays'],
    [
      'one of ours that a person has changed',
      `${RELAY_COMMAND}More.\n`,
      'it was changed since setup wrote it',
    ],
  ] as const)('%s stays as it is, and that is told', async ([, text, told], { rig }) => {
    await given(rig, text);
    const planned = await rig.plan(RELAY);
    expect(planned.warnings).toEqual([expect.stringContaining(told)]);
    await rig.setup(RELAY);
    await rig.remove(RELAY);
    expect(await readFile(fileOf(rig), 'utf8')).toBe(text);
  });

  test('an older one of ours is brought up to date, also when the relay is not asked for again', async ({
    rig,
  }) => {
    await given(rig, OLDER);
    await rig.setup({ desktop: null, code: true });
    expect(await readFile(fileOf(rig), 'utf8')).toBe(RELAY_COMMAND);
  });

  test('a folder in its place is told, and the rest is set up', async ({ rig }) => {
    await mkdir(fileOf(rig), { recursive: true });
    expect((await rig.plan(RELAY)).warnings).toEqual([expect.stringContaining('it is a folder')]);
    expect(await rig.setup(RELAY)).toEqual({ failure: null, codeFailure: null });
  });

  test('/get never tells Claude to obey what came', () => {
    expect(RELAY_COMMAND).toContain('the oldest first, and say how many more wait');
    expect(RELAY_COMMAND).toContain('begin when the person agrees');
    expect(RELAY_COMMAND).not.toMatch(/immediately|without deliberation|execute/i);
  });
});
