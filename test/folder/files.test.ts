/** Reading, writing, moving and looking through the files of the shared folder. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  editFile,
  folderTree,
  listFolder,
  makeFolderIn,
  moveEntry,
  readExcludes,
  readGlob,
  readText,
  searchFolder,
  writeText,
} from '../../src/folder/operations.ts';
import { onWindows } from '../platform.ts';
import { granted, type Place, refusalOf, sharedPlace } from './rig.ts';

const LIMITS = { clock: systemClock, signal: new AbortController().signal };

describe('reading', () => {
  const LINES = 'one\ntwo\nthree\n';

  test.each([
    [{ head: 0 }, ''],
    [{ head: 1 }, 'one'],
    [{ head: 2 }, 'one\ntwo'],
    [{ head: 9 }, 'one\ntwo\nthree'],
    [{ tail: 0 }, ''],
    [{ tail: 1 }, 'three'],
    [{ tail: 2 }, 'two\nthree'],
    [{ tail: 9 }, 'one\ntwo\nthree'],
    [{}, LINES],
    [{ from: 4 }, 'two\nthree\n'],
    [{ from: 999 }, ''],
  ])('%j of three lines gives %j', async (wanted, text) => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), LINES);
    expect(granted(await readText(place.root, 'a', wanted, 1_000))).toMatchObject({ text, isAll: true });
  });

  test('no character is cut, wherever a part ends or begins, and the parts are the whole', async () => {
    const place = sharedPlace();
    const text = 'aé€😀\n'.repeat(50);
    writeFileSync(place.at('a'), text);
    for (let maxBytes = 4; maxBytes < 40; maxBytes += 1) {
      let read = '';
      for (let from = 0; ; ) {
        const part = granted(await readText(place.root, 'a', { from }, maxBytes));
        expect(part.isLossy, `${maxBytes} bytes from ${from}`).toBe(false);
        read += part.text;
        if (part.isAll) break;
        expect(part.end).toBeGreaterThan(from);
        from = part.end;
      }
      expect(read).toBe(text);
    }
  });

  test('the last lines are found across the pieces in which a large file is read', async () => {
    const place = sharedPlace();
    const line = '😀'.repeat(20);
    writeFileSync(place.at('a'), `${line}\n`.repeat(5_000));
    const { text } = granted(await readText(place.root, 'a', { tail: 1_000 }, 1_000_000));
    expect(text).toBe(Array(1_000).fill(line).join('\n'));
  });

  test('a position within a character counts as the next one', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), '😀b');
    for (const from of [1, 2, 3])
      expect(granted(await readText(place.root, 'a', { from }, 10)).text).toBe('b');
  });

  test('a binary file is refused, and bytes that are no UTF-8 are told', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('binary'), Buffer.from([0x89, 0x50, 0, 1]));
    writeFileSync(place.at('latin'), Buffer.from('caf\xe9', 'latin1'));
    expect(refusalOf(await readText(place.root, 'binary', {}, 100))).toBe(
      'binary is no text, but binary (4 bytes)',
    );
    expect(granted(await readText(place.root, 'latin', {}, 100))).toMatchObject({
      text: 'caf\ufffd',
      isLossy: true,
    });
  });
});

describe('writing', () => {
  test.skipIf(onWindows)('the mode of a file stays, and no draft is left', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('run.sh'), 'old');
    chmodSync(place.at('run.sh'), 0o750);
    granted(await writeText(place.root, 'run.sh', 'new'));
    granted(await editFile(place.root, 'run.sh', [{ oldText: 'new', newText: 'newer' }], false));
    expect(statSync(place.at('run.sh')).mode & 0o777).toBe(0o750);
    expect(readdirSync(place.root.real)).toEqual(['run.sh']);
  });

  test.skipIf(onWindows)('a write-protected file stays as it is', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), 'old');
    chmodSync(place.at('a'), 0o444);
    expect(refusalOf(await writeText(place.root, 'a', 'new'))).toMatch(/^EACCES: a is write-protected/);
    expect(readFileSync(place.at('a'), 'utf8')).toBe('old');
  });

  test('a file in a folder that is not there is refused by the name of that folder', async () => {
    const place = sharedPlace();
    expect(refusalOf(await writeText(place.root, 'no/such/a', 'x'))).toBe(
      'Parent directory does not exist: no',
    );
    expect(refusalOf(await writeText(place.root, '.', 'x'))).toMatch(/^EISDIR/);
  });

  test('edits that are made at once are all there', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), Array.from({ length: 40 }, (_, line) => `line ${line};`).join('\n'));
    const edits = Array.from({ length: 40 }, (_, line) =>
      editFile(place.root, 'a', [{ oldText: `line ${line};`, newText: `LINE ${line};` }], false),
    );
    for (const edited of await Promise.all(edits)) granted(edited);
    expect(readFileSync(place.at('a'), 'utf8')).not.toContain('line');
  });

  test('edits and writes keep line ends, a byte order mark and what is not edited to the byte', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), '\ufeffone\r\ntwo\nthree\r\n\tfour\r\n');
    granted(
      await editFile(
        place.root,
        'a',
        [
          { oldText: 'one\ntwo', newText: 'eins\nzwei' },
          { oldText: 'four', newText: 'vier\nfünf $& $1' },
        ],
        false,
      ),
    );
    expect(readFileSync(place.at('a'), 'utf8')).toBe('\ufeffeins\r\nzwei\nthree\r\n\tvier\r\nfünf $& $1\r\n');
  });

  test('a dry run changes nothing and shows what would change', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), 'old\n');
    const { diff } = granted(await editFile(place.root, 'a', [{ oldText: 'old', newText: 'new' }], true));
    expect(diff).toContain('-old\n+new\n');
    expect(readFileSync(place.at('a'), 'utf8')).toBe('old\n');
  });

  test('no edit is made when one of them finds nothing', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), 'old\n');
    const edits = [
      { oldText: 'old', newText: 'new' },
      { oldText: 'gone', newText: 'x' },
    ];
    expect(refusalOf(await editFile(place.root, 'a', edits, false))).toBe(
      'Could not find exact match for edit:\ngone',
    );
    expect(readFileSync(place.at('a'), 'utf8')).toBe('old\n');
  });
});

describe('making and moving', () => {
  test('folders are made with those above them, and one that is there stays', async () => {
    const place = sharedPlace();
    granted(await makeFolderIn(place.root, 'a/b/c'));
    writeFileSync(place.at('a/b/c/x'), 'x');
    granted(await makeFolderIn(place.root, 'a/b/c'));
    expect(readdirSync(place.at('a/b/c'))).toEqual(['x']);
    expect(refusalOf(await makeFolderIn(place.root, 'a/b/c/x'))).toBe('Not a directory: a/b/c/x');
  });

  test('a move never takes the place of what is there, file or folder', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), 'a');
    writeFileSync(place.at('b'), 'b');
    mkdirSync(place.at('d'));
    mkdirSync(place.at('e'));
    for (const [source, destination] of [
      ['a', 'b'],
      ['a', 'd'],
      ['d', 'a'],
      ['d', 'e'],
      ['a', 'a'],
    ] as const)
      expect(refusalOf(await moveEntry(place.root, source, destination))).toBe(
        `Destination already exists: ${destination}`,
      );
    expect(readFileSync(place.at('b'), 'utf8')).toBe('b');
    expect(refusalOf(await moveEntry(place.root, 'd', 'd/inside'))).toMatch(/into itself/);
    expect(refusalOf(await moveEntry(place.root, '.', 'x'))).toMatch(/^Access denied/);
  });

  test('files, folders and links are moved', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'), 'a');
    mkdirSync(place.at('d'));
    granted(await moveEntry(place.root, 'a', 'd/b'));
    granted(await moveEntry(place.root, 'd', 'e'));
    expect(readFileSync(place.at('e/b'), 'utf8')).toBe('a');
    expect(existsSync(place.at('a'))).toBe(false);
    if (onWindows) return;
    symlinkSync(place.secret, place.at('link'));
    granted(await moveEntry(place.root, 'link', 'moved'));
    expect(readFileSync(place.secret, 'utf8')).toBe('top secret');
  });
});

describe('looking', () => {
  function planted(): Place {
    const place = sharedPlace();
    for (const folder of ['src', 'src/deep', 'node_modules', 'node_modules/x', '.git'])
      mkdirSync(place.at(folder));
    for (const file of [
      'a.md',
      'src/b.md',
      'src/deep/c.md',
      'src/.hidden.md',
      'node_modules/x/d.md',
      '.git/e.md',
    ])
      writeFileSync(place.at(file), '');
    return place;
  }

  async function search(
    place: Place,
    pattern: string,
    excludes: string[] = [],
    room = 1_000,
    after?: string[],
  ) {
    const found: string[] = [];
    const wanted = {
      path: '.',
      isMatch: granted(readGlob(pattern)),
      isExcluded: granted(readExcludes(excludes)),
      after,
      take(parts: readonly string[]) {
        if (found.length >= room) return false;
        found.push(parts.join('/'));
        return true;
      },
    };
    const searched = granted(await searchFolder(place.root, wanted, LIMITS));
    return { found, ...searched };
  }

  test.each([
    ['*.md', [], ['a.md']],
    ['**/*.md', [], ['a.md', 'node_modules/x/d.md', 'src/.hidden.md', 'src/b.md', 'src/deep/c.md']],
    ['**/*.md', ['node_modules'], ['a.md', 'src/.hidden.md', 'src/b.md', 'src/deep/c.md']],
    ['**/*.md', ['**/deep/**', '*.md'], ['node_modules/x/d.md', 'src/.hidden.md', 'src/b.md']],
    ['src/**', [], ['src', 'src/.hidden.md', 'src/b.md', 'src/deep', 'src/deep/c.md']],
    ['**/{b,c}.md', [], ['src/b.md', 'src/deep/c.md']],
    ['**/[bc].m?', [], ['src/b.md', 'src/deep/c.md']],
    ['nothing', [], []],
  ])('%j without %j finds %j', async (pattern, excludes, paths) => {
    expect((await search(planted(), pattern, excludes)).found).toEqual(paths);
  });

  test('a search goes on where it stopped, and sees everything once', async () => {
    const place = planted();
    const all = (await search(place, '**')).found;
    for (let room = 1; room < all.length; room += 1) {
      const seen: string[] = [];
      for (let after: string[] | undefined; ; ) {
        const part = await search(place, '**', [], room, after);
        seen.push(...part.found);
        if (part.isAll) break;
        after = [...(part.last ?? [])];
      }
      expect(seen).toEqual(all);
    }
  });

  test('a pattern that would take for ever is refused or takes none', async () => {
    const place = sharedPlace();
    writeFileSync(place.at('a'.repeat(250)), '');
    expect(refusalOf(readGlob('a*a*a*a*a*b'))).toMatch(/more than 4 \*/);
    expect(refusalOf(readGlob('x'.repeat(2_000)))).toMatch(/longer than/);
    expect(refusalOf(readGlob('{a/b}'))).toMatch(/spans several folders/);
    expect((await search(place, `${'**/'.repeat(40)}*a*a*b`)).found).toEqual([]);
  });

  test('the tree of a folder leaves out what is excluded, at any depth, and what git keeps', async () => {
    const place = planted();
    const isExcluded = granted(readExcludes(['node_modules', 'deep']));
    const tree = granted(await folderTree(place.root, '.', isExcluded, { maxNodes: 100, ...LIMITS }));
    expect(tree).toEqual({
      closed: 0,
      nodes: [
        { name: 'a.md', type: 'file' },
        {
          name: 'src',
          type: 'directory',
          children: [
            { name: '.hidden.md', type: 'file' },
            { name: 'b.md', type: 'file' },
          ],
        },
      ],
    });
  });

  test('a large tree shows its upper levels whole, and counts what it leaves closed', async () => {
    const place = planted();
    const isExcluded = granted(readExcludes([]));
    const tree = granted(await folderTree(place.root, '.', isExcluded, { maxNodes: 4, ...LIMITS }));
    expect(tree.nodes.map(({ name }) => name)).toEqual(['a.md', 'node_modules', 'src']);
    expect(tree.closed).toBeGreaterThan(0);
  });

  test.skipIf(onWindows)('a link is neither entered nor called a folder', async () => {
    const place = sharedPlace();
    symlinkSync(place.outside, place.at('out'));
    expect(granted(await listFolder(place.root, '.'))).toEqual([{ name: 'out', isFolder: false }]);
    expect((await search(place, '**')).found).toEqual(['out']);
  });
});
