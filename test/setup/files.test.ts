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

describe('where there is none yet', () => {
  test('the file and its folder are made for the person alone, and taken away again', async ({ rig }) => {
    const before = await rig.tree();
    await rig.setup();
    expect(await rig.json()).toEqual({ mcpServers: { claude_bridge_desktop: entryIn(rig) } });
    if (!onWindows) expect((await stat(rig.desktop)).mode & 0o777).toBe(0o600);
    if (!onWindows) expect((await stat(dirname(rig.desktop))).mode & 0o777).toBe(0o700);

    await rig.remove();

    expect(await rig.tree()).toEqual(before);
  });

  test('what Claude Desktop has put into the new file stays, and mcpServers goes', async ({ rig }) => {
    await rig.setup();
    await rig.given(JSON.stringify({ ...((await rig.json()) as object), preferences: { a: 1 } }, null, 2));

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe('{\n  "preferences": {\n    "a": 1\n  }\n}');
  });

  test('a folder in which something else lives by now stays', async ({ rig }) => {
    await rig.setup();
    await writeFile(join(dirname(rig.desktop), 'logs.txt'), '');

    await rig.remove();

    expect(await readdir(dirname(rig.desktop))).toEqual(['logs.txt']);
  });

  test('a file that somebody removed since is not missed', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await rm(rig.desktop);

    expect(await rig.remove()).toEqual({ failure: null, codeFailure: null });

    expect(await readdir(rig.context.stateDir)).toEqual([]);
  });
});

describe('a file that is there', () => {
  test.skipIf(onWindows)(
    'keeps its rights (file modes), and its copy is for the person alone',
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

  test('is copied before it is changed, and no copy is ever overwritten', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await rig.given('{"b": 1}');
    await rig.setup();

    expect(await readFile(`${rig.desktop}.bridge-backup`, 'utf8')).toBe(BEFORE);
    expect(await readFile(`${rig.desktop}.bridge-backup-2`, 'utf8')).toBe('{"b": 1}');
  });

  test('that is write-protected is refused', async ({ rig }) => {
    await rig.given(BEFORE);
    await chmod(rig.desktop, 0o444);

    expect(await rig.refusal()).toContain('it is write-protected');

    expect((await rig.bytes()).toString()).toBe(BEFORE);
    await chmod(rig.desktop, 0o644);
  });

  test('that is a folder is refused', async ({ rig }) => {
    await mkdir(rig.desktop, { recursive: true });
    expect(await rig.refusal()).toContain('it is a folder. Move it away.');
  });

  test.skipIf(!isRoot)('of another user is refused (root, to make one)', async ({ rig }) => {
    await rig.given(BEFORE);
    await chown(rig.desktop, 65_534, 65_534);
    expect(await rig.refusal()).toContain('it belongs to another user. Run this command as that user.');
  });

  test.skipIf(onWindows)(
    'behind a file that should be its folder is refused (an error that Windows has not)',
    async ({ rig }) => {
      await writeFile(dirname(rig.desktop), '');
      expect(await rig.refusal()).toContain('it cannot be read (ENOTDIR)');
    },
  );

  test('that changed after the plan was shown is not overwritten', async ({ rig }) => {
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

describe.skipIf(onWindows)('a symbolic link', () => {
  test('stays one: the file it leads to is changed, and given back', async ({ rig }) => {
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

  test('that leads to nothing yet: the file is made there, and taken away again', async ({ rig }) => {
    const target = join(rig.root, 'dotfiles', 'claude.json');
    await link(rig, '../../dotfiles/claude.json');
    const before = await rig.tree();

    await rig.setup();

    expect((await lstat(rig.desktop)).isSymbolicLink()).toBe(true);
    expect((await stat(target)).isFile()).toBe(true);
    await rig.remove();
    expect(await rig.tree()).toEqual(before);
  });

  test('that leads in a circle is refused', async ({ rig }) => {
    await mkdir(dirname(rig.desktop));
    await symlink(rig.desktop, rig.desktop);
    expect(await rig.refusal()).toMatch(/form a loop|ELOOP/);
  });
});

describe('after a crash', () => {
  test.for([
    ['the copy', true, false],
    ['the record', true, true],
  ] as const)('behind %s the file is whole, setup goes on, and --remove restores it', async ([
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

  test('behind the record, --remove alone leaves the file and clears up', async ({ rig }) => {
    await rig.given(BEFORE);
    const before = await rig.tree();
    await rig.setup();
    await rig.given(BEFORE);

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe(BEFORE);
    expect(await rig.tree()).toEqual(before);
  });

  test('the record is lost or unreadable: our entry alone is taken out', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await writeFile(join(rig.context.stateDir, 'setup.json'), '{ half');

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe(BEFORE);
  });

  test('the copy is lost: our entry alone is taken out', async ({ rig }) => {
    await rig.given(BEFORE);
    await rig.setup();
    await rm(`${rig.desktop}.bridge-backup`);

    await rig.remove();

    expect((await rig.bytes()).toString()).toBe(BEFORE);
  });
});

test('a record that somebody has edited leads to no file or folder but those of the setup', async ({
  rig,
}) => {
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

test('a copy that somebody has written something else into stays', async ({ rig }) => {
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
