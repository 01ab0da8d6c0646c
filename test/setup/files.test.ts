/** The file around the text: where it lies, what it may, and what a crash leaves. */
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { applySetup } from '../../src/setup/setup.ts';
import { isRoot, onWindows } from '../platform.ts';
import { entryIn, type Rig, test } from './rig.ts';

const BEFORE = '{\n  "mcpServers": {\n    "a": {}\n  }\n}\n';

describe('a missing file', () => {
  test('a missing file and its folder are made for the person alone, and removed again', async ({ rig }) => {
    const before = await rig.tree();
    await rig.setup();
    expect(await rig.json()).toEqual({ mcpServers: { claude_bridge_desktop: entryIn(rig) } });
    if (!onWindows) expect((await stat(rig.desktop)).mode & 0o777).toBe(0o600);
    if (!onWindows) expect((await stat(dirname(rig.desktop))).mode & 0o777).toBe(0o700);

    await rig.remove();

    expect(await rig.tree()).toEqual(before);
  });

  test('a new file keeps what Claude Desktop has put into it, and loses mcpServers', async ({ rig }) => {
    await rig.setup();
    await rig.given(JSON.stringify({ ...((await rig.json()) as object), preferences: { a: 1 } }, null, 2));

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe('{\n  "preferences": {\n    "a": 1\n  }\n}');
  });

  test('a new folder that holds something else by now stays', async ({ rig }) => {
    await rig.setup();
    await writeFile(join(dirname(rig.desktop), 'logs.txt'), '');

    await rig.remove();

    expect(await readdir(dirname(rig.desktop))).toEqual(['logs.txt']);
  });

  test('a new file that somebody removed since is not missed', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await rm(rig.desktop);

    expect(await rig.remove()).toEqual({ failure: null, codeFailure: null });

    expect(await readdir(rig.context.stateDir)).toEqual([]);
  });
});

describe('an existing file', () => {
  test.skipIf(onWindows)(
    'an existing file keeps its permissions (file modes), and its copy is for the person alone',
    async ({ rig }) => {
      await rig.given(BEFORE);
      await chmod(rig.desktop, 0o644);

      await rig.setup();

      expect((await stat(rig.desktop)).mode & 0o777).toBe(0o644);
      expect((await stat(`${rig.desktop}.bridge-backup`)).mode & 0o777).toBe(0o600);
      await rig.remove();
      expect((await stat(rig.desktop)).mode & 0o777).toBe(0o644);
    },
  );

  test('an existing file is copied before it is changed, and no copy is ever overwritten', async ({
    rig,
  }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await rig.given('{"b": 1}');
    await rig.setup();

    expect(await readFile(`${rig.desktop}.bridge-backup`, 'utf8')).toBe(BEFORE);
    expect(await readFile(`${rig.desktop}.bridge-backup-2`, 'utf8')).toBe('{"b": 1}');
  });

  test('a write-protected file is refused', async ({ rig }) => {
    await rig.given(BEFORE);
    await chmod(rig.desktop, 0o444);

    expect(await rig.refusal()).toContain('it is write-protected');

    expect((await rig.bytes()).toString()).toBe(BEFORE);
    await chmod(rig.desktop, 0o644);
  });

  test('a folder in place of a file is refused', async ({ rig }) => {
    await mkdir(rig.desktop, { recursive: true });
    expect(await rig.refusal()).toContain('it is a folder. Move it away.');
  });

  test.skipIf(!isRoot)('a file of another user is refused (root, to make one)', async ({ rig }) => {
    await rig.given(BEFORE);
    await chown(rig.desktop, 65_534, 65_534);
    expect(await rig.refusal()).toContain('it belongs to another user. Run this command as that user.');
  });

  test.skipIf(onWindows)(
    'a file behind another file is refused (an error that Windows has not)',
    async ({ rig }) => {
      await writeFile(dirname(rig.desktop), '');
      expect(await rig.refusal()).toContain('it cannot be read (ENOTDIR)');
    },
  );

  test('a file that changed after the plan was shown is not overwritten', async ({ rig }) => {
    await rig.given(BEFORE);
    const plan = await rig.plan();
    await rig.given('{"saved": "by Desktop"}');

    const done = await applySetup(plan, rig.context, vi.fn());

    expect(done.failure).toBe(
      `${rig.desktop}: another program has just changed it. Run the same command again`,
    );
    expect((await rig.bytes()).toString()).toBe('{"saved": "by Desktop"}');
  });
});

describe.skipIf(onWindows)('symbolic links', () => {
  test('a link stays one: the file it leads to is changed, and given back', async ({ rig }) => {
    const target = join(rig.root, 'dotfiles', 'claude.json');
    await link(rig, target);
    await writeFile(target, BEFORE);
    const before = await rig.tree();

    await rig.setup();

    expect(await readlink(rig.desktop)).toBe(target);
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({
      mcpServers: { claude_bridge_desktop: entryIn(rig) },
    });
    await rig.remove();
    expect(await readFile(target, 'utf8')).toBe(BEFORE);
    expect(await rig.tree()).toEqual(before);
  });

  test('a link that leads to nothing yet has its file made there, and removed again', async ({ rig }) => {
    const target = join(rig.root, 'dotfiles', 'claude.json');
    await link(rig, '../../dotfiles/claude.json');
    const before = await rig.tree();

    await rig.setup();

    expect((await lstat(rig.desktop)).isSymbolicLink()).toBe(true);
    expect((await stat(target)).isFile()).toBe(true);
    await rig.remove();
    expect(await rig.tree()).toEqual(before);
  });

  test('a link that leads in a circle is refused', async ({ rig }) => {
    await mkdir(dirname(rig.desktop));
    await symlink(rig.desktop, rig.desktop);
    expect(await rig.refusal()).toMatch(/form a loop|ELOOP/);
  });
});

describe('crashes of setup', () => {
  test.for([
    ['the copy', true, false],
    ['the record', true, true],
  ] as const)('a crash behind %s leaves the file whole, setup goes on, and --remove restores it', async ([
    ,
    withCopy,
    withRecord,
  ], { rig }) => {
    await rig.given(BEFORE);
    const before = await rig.tree();
    await rig.setup();
    const record = await readFile(join(rig.context.stateDir, 'setup.json'));
    // As it is when the last step was not reached.
    await rig.given(BEFORE);
    if (!withCopy) await rm(`${rig.desktop}.bridge-backup`);
    if (!withRecord) await rm(join(rig.context.stateDir, 'setup.json'));

    await rig.setup();
    expect(await rig.json()).toMatchObject({ mcpServers: { claude_bridge_desktop: entryIn(rig) } });
    expect(await readFile(join(rig.context.stateDir, 'setup.json'))).toEqual(record);

    await rig.remove();
    expect((await rig.bytes()).toString()).toBe(BEFORE);
    expect(await rig.tree()).toEqual(before);
  });

  test('a crash behind the record lets --remove alone leave the file and clean up', async ({ rig }) => {
    await rig.given(BEFORE);
    const before = await rig.tree();
    await rig.setup();
    await rig.given(BEFORE);

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe(BEFORE);
    expect(await rig.tree()).toEqual(before);
  });

  test('a lost or unreadable record lets --remove take out our entry alone', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await writeFile(join(rig.context.stateDir, 'setup.json'), '{ half');

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe(BEFORE);
  });

  test('a lost copy lets --remove take out our entry alone', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await rm(`${rig.desktop}.bridge-backup`);

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe(BEFORE);
  });
});

test('an edited record leads to no file or folder but those of the setup', async ({ rig }) => {
  await rig.given(BEFORE);
  await rig.setup();
  const [prey, folder] = [join(rig.root, 'letter'), join(rig.root, 'empty')];
  await writeFile(prey, 'mine');
  await mkdir(folder);
  const file = join(rig.context.stateDir, 'setup.json');
  const record = JSON.parse(await readFile(file, 'utf8'));
  record.files[0].backup.path = prey;
  record.files[0].folders = [folder];
  await writeFile(file, JSON.stringify(record));

  await rig.remove();

  expect((await rig.bytes()).toString()).toBe(BEFORE);
  expect(await readFile(prey, 'utf8')).toBe('mine');

  await rm(dirname(rig.desktop), { recursive: true });
  await rig.setup();
  const created = JSON.parse(await readFile(file, 'utf8'));
  created.files[0].folders = [folder];
  await writeFile(file, JSON.stringify(created));
  await rig.remove();
  expect(await readdir(folder)).toEqual([]);
});

test('a copy into which somebody has written something else stays', async ({ rig }) => {
  await rig.given(BEFORE);
  await rig.setup();
  await writeFile(`${rig.desktop}.bridge-backup`, 'mine');
  await rig.remove();
  expect((await rig.bytes()).toString()).toBe(BEFORE);
  expect(await readFile(`${rig.desktop}.bridge-backup`, 'utf8')).toBe('mine');
});

test('a file that was touched, and not changed, is not written by a second setup', async ({ rig }) => {
  await rig.given(BEFORE);
  await rig.setup();
  await utimes(rig.desktop, 1, 1);

  await rig.setup();

  expect((await stat(rig.desktop)).mtimeMs).toBe(1_000);
});

test.skipIf(onWindows)(
  'a file that cannot be written is named, with the reason (as Unix gives it)',
  async ({ rig }) => {
    const plan = await rig.plan();
    await writeFile(dirname(rig.desktop), 'in the way');

    const done = await applySetup(plan, rig.context, vi.fn());

    expect(done.failure).toBe(
      `${rig.desktop}: it could not be written (a file is in the place of its folder)`,
    );
  },
);

async function link(rig: Rig, target: string): Promise<void> {
  await mkdir(dirname(rig.desktop));
  await mkdir(join(rig.root, 'dotfiles'));
  await symlink(target, rig.desktop);
}
