import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePatch } from '../../src/git/patch.ts';
import { diffTrees } from '../../src/git/tree-diff.ts';
import { onWindows } from '../platform.ts';
import { type GitRig, gitRig } from './rig.ts';

async function changed({ measureDir, env, measure }: GitRig, from: string) {
  const { tree } = await measure();
  const diff = await diffTrees(measureDir, { from, to: tree }, env);
  if (diff.kind !== 'compared') throw new Error(JSON.stringify(diff));
  return { ...diff, tree };
}

const FILE = { binary: false, mode: '100644', oldMode: '100644' };

describe('diffTrees', () => {
  test.skipIf(onWindows)('changes have their kinds, lines, modes and sizes', async () => {
    const rig = await gitRig();
    const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
    for (const name of ['modified', 'deleted', 'moved', 'retyped', 'mode'])
      await rig.put(name, `${name}\n${text}`);
    await rig.commit('more');
    const { base } = await rig.begin();
    await rig.edit('modified', `other\n${text}more\n`);
    await rm(join(rig.worktree, 'deleted'));
    await rename(join(rig.worktree, 'moved'), join(rig.worktree, 'to'));
    await rm(join(rig.worktree, 'retyped'));
    await symlink('../../etc/passwd', join(rig.worktree, 'retyped'));
    await chmod(join(rig.worktree, 'mode'), 0o755);
    await rig.edit('binary', Buffer.from([0, 1, 2, 255]));
    const size = text.length;
    const diff = await changed(rig, base);
    expect(diff).toMatchObject({ insertions: 3, deletions: 43, binary: 1 });
    expect(diff.changes).toEqual([
      {
        path: 'binary',
        status: 'A',
        insertions: 0,
        deletions: 0,
        binary: true,
        mode: '100644',
        oldMode: null,
        size: 4,
      },
      { ...FILE, path: 'deleted', status: 'D', insertions: 0, deletions: 21, mode: null, size: 0 },
      { ...FILE, path: 'mode', status: 'M', insertions: 0, deletions: 0, mode: '100755', size: size + 5 },
      { ...FILE, path: 'modified', status: 'M', insertions: 2, deletions: 1, size: size + 11 },
      {
        ...{ ...FILE, path: 'retyped', status: 'T', insertions: 1, deletions: 21, mode: '120000', size: 16 },
        target: '../../etc/passwd',
      },
      { ...FILE, path: 'to', oldPath: 'moved', status: 'R', insertions: 0, deletions: 0, size: size + 6 },
    ]);
  });

  test.skipIf(onWindows)(
    'names are exact: line ends, tabs, quotes, colons, bytes that are no text',
    async () => {
      const rig = await gitRig();
      const latin = Buffer.from([0x6c, 0xe9]);
      await writeFile(
        Buffer.concat([Buffer.from(`${rig.repo}/`), latin]),
        'latin, long enough to be found again\n',
      );
      await rig.commit('latin');
      const { base } = await rig.begin();
      const names = ['-x', ':100644 a', 'a\tb', 'a\nb', '"q"', 'ü', 'x -> y'];
      for (const name of names) await rig.edit(name, `${name}\n`);
      await rename(Buffer.concat([Buffer.from(`${rig.worktree}/`), latin]), join(rig.worktree, 'plain'));
      const { changes } = await changed(rig, base);
      expect(changes.map(({ path }) => path).sort()).toEqual([...names, 'plain'].sort());
      expect(changes.find(({ status }) => status === 'R')).toMatchObject({
        path: 'plain',
        oldPath: 'l\ufffd',
        oldPathBase64: latin.toString('base64'),
      });
    },
  );

  test('a file that becomes a folder, and a folder that becomes a file, are changes', async () => {
    const rig = await gitRig();
    const { base } = await rig.begin();
    await rm(join(rig.worktree, 'a.txt'));
    await rm(join(rig.worktree, 'src'), { recursive: true });
    await rig.edit('a.txt/inside', 'in\n');
    await rig.edit('src', 'file\n');
    const { changes } = await changed(rig, base);
    expect(changes.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'D a.txt',
      'A a.txt/inside',
      'A src',
      'D src/b.txt',
    ]);
  });

  test('attributes in the tree do not call a text binary, and start no program', async () => {
    const rig = await gitRig();
    const { base } = await rig.begin();
    await rig.git('config', 'diff.evil.command', await rig.program('external'));
    await rig.git('config', 'diff.evil.textconv', await rig.program('textconv'));
    await rig.edit('.gitattributes', '* -diff binary\nsrc/* diff=evil\n');
    await rig.edit('a.txt', 'changed\n');
    await rig.edit('src/b.txt', 'changed\n');
    const { changes, tree } = await changed(rig, base);
    expect(changes.map(({ insertions, binary }) => [insertions, binary])).toEqual([
      [2, false],
      [1, false],
      [1, false],
    ]);
    const file = join(rig.root, 'patch');
    await writePatch(rig.measureDir, { from: base, to: tree, file, maxBytes: 10_000 }, rig.env);
    expect(await readFile(file, 'utf8')).toContain('+changed\n');
    expect(await rig.marked()).toEqual([]);
  });

  test('a commit of a nested repository is a change without content', async () => {
    const rig = await gitRig();
    const { base } = await rig.begin();
    const nested = join(rig.worktree, 'nested');
    await mkdir(nested);
    await rig.gitAt(nested, 'init', '--quiet');
    await rig.gitAt(
      nested,
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    );
    const { changes } = await changed(rig, base);
    expect(changes).toMatchObject([{ path: 'nested', status: 'A', mode: '160000', size: 0 }]);
  });

  test('a comparison that cannot be made says why', async () => {
    const { measureDir, env, begin } = await gitRig();
    const { base } = await begin();
    const gone = { from: base, to: 'f'.repeat(40) };
    expect(await diffTrees(measureDir, gone, env)).toMatchObject({ kind: 'failed', cause: 'failed' });
    const signal = AbortSignal.abort();
    expect(await diffTrees(measureDir, { from: base, to: base }, env, { signal })).toMatchObject({
      cause: 'stopped',
    });
    const plan = { ...gone, file: '/nowhere', maxBytes: 1 };
    expect(await writePatch(measureDir, plan, env)).toMatchObject({ cause: 'failed' });
  });
});

describe('writePatch', () => {
  test('a patch is written whole, and can be applied', async () => {
    const rig = await gitRig();
    const { base } = await rig.begin();
    await rig.edit('a.txt', 'changed\n');
    await rig.edit('new.txt', 'new\n');
    const { tree } = await rig.measure();
    const file = join(rig.root, 'patch');
    const written = await writePatch(
      rig.measureDir,
      { from: base, to: tree, file, maxBytes: 10_000 },
      rig.env,
    );
    expect(written).toEqual({ kind: 'written', bytes: (await stat(file)).size, truncated: false });
    execFileSync('git', ['-C', rig.repo, 'apply', file]);
    expect(await readFile(join(rig.repo, 'new.txt'), 'utf8')).toBe('new\n');
  });

  test('a patch that is too long is cut at the end of a line', async () => {
    const rig = await gitRig();
    const { base } = await rig.begin();
    await rig.edit('long.txt', 'a long line\n'.repeat(100_000));
    const { tree } = await rig.measure();
    const file = join(rig.root, 'patch');
    const written = await writePatch(
      rig.measureDir,
      { from: base, to: tree, file, maxBytes: 1_005 },
      rig.env,
    );
    expect(written).toMatchObject({ kind: 'written', truncated: true });
    const patch = await readFile(file, 'utf8');
    expect(patch.length).toBeGreaterThan(900);
    expect(patch.length).toBeLessThanOrEqual(1_005);
    expect(patch).toMatch(/\+a long line\n$/);
  });
});
