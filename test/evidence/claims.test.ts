import { describe, expect, test } from 'vitest';
import { claimedPaths, compareClaims, type WorkPlace } from '../../src/evidence/claims.ts';
import type { Change } from '../../src/project/evidence.ts';

type Facts = Pick<Change, 'path' | 'oldPath' | 'status'>;

const TOP: WorkPlace = {
  subfolder: '',
  roots: [
    { path: '/state/worktrees/0123', below: '' },
    { path: '/code/app', below: '' },
  ],
  ignoreCase: false,
};
const BELOW: WorkPlace = {
  subfolder: 'packages/web',
  roots: [
    { path: '/state/worktrees/0123', below: '' },
    { path: '/code/app/packages/web', below: 'packages/web' },
  ],
  ignoreCase: false,
};
const WINDOWS: WorkPlace = { ...TOP, roots: [{ path: 'C:\\code\\app', below: '' }], ignoreCase: true };
const NOTHING = { missing: [], undeclared: [], misfiled: [], ignored: [], outside: [] };

const modified = (path: string): Facts => ({ path, status: 'M' });
const renamed = (oldPath: string, path: string): Facts => ({ oldPath, path, status: 'R' });

function compare(
  claims: { created?: string[]; modified?: string[] },
  changes: readonly Facts[],
  place = TOP,
  ignored: readonly string[] = [],
) {
  return compareClaims({ created: [], modified: [], ...claims }, changes, place, (path) =>
    ignored.includes(path),
  );
}

describe('claims', () => {
  test.each([
    ['src/a.ts', TOP, 'src/a.ts'],
    ['./src/a.ts', TOP, 'src/a.ts'],
    ['src//b/../a.ts', TOP, 'src/a.ts'],
    ['/state/worktrees/0123/src/a.ts', TOP, 'src/a.ts'],
    ['/code/app/src/a.ts', TOP, 'src/a.ts'],
    ['/code/app/../app/src/a.ts', TOP, 'src/a.ts'],
    ['src\\a.ts', TOP, 'src/a.ts'],
    ['odd\\name', TOP, 'odd\\name'],
    ['-x', TOP, '-x'],
    ['two\nlines', TOP, 'two\nlines'],
    ['src/a.ts', BELOW, 'packages/web/src/a.ts'],
    ['packages/web/src/a.ts', BELOW, 'packages/web/src/a.ts'],
    ['../api/a.ts', BELOW, 'packages/api/a.ts'],
    ['/code/app/packages/web/src/a.ts', BELOW, 'packages/web/src/a.ts'],
    ['/state/worktrees/0123/packages/web/src/a.ts', BELOW, 'packages/web/src/a.ts'],
    ['c:\\code\\App\\SRC\\a.ts', WINDOWS, 'src/a.ts'],
    ['Src\\A.ts', WINDOWS, 'src/a.ts'],
    ['cafe\u0301.txt', TOP, 'caf\u00e9.txt'],
  ] as const)('the claim %j means the change at that path', (claim, place, path) => {
    expect(compare({ modified: [claim] }, [modified(path)], place)).toEqual(NOTHING);
  });

  test('a claim without a change is missing, and a change without a claim is undeclared', () => {
    expect(compare({ modified: ['./said.ts'] }, [modified('done.ts')])).toEqual({
      ...NOTHING,
      missing: ['said.ts'],
      undeclared: ['done.ts'],
    });
  });

  test('a file that was said to be new but was there before is misfiled', () => {
    const changes = [modified('a'), { path: 'b', status: 'A' as const }, { path: 'c', status: 'D' as const }];
    expect(compare({ created: ['a', 'b', './c'] }, changes)).toEqual({ ...NOTHING, misfiled: ['a', 'c'] });
  });

  test('a rename is declared by either of its names, and only the old one was there before', () => {
    expect(compare({ created: ['new'] }, [renamed('old', 'new')])).toEqual(NOTHING);
    expect(compare({ modified: ['old'] }, [renamed('old', 'new')])).toEqual(NOTHING);
    expect(compare({ created: ['old'] }, [renamed('old', 'new')])).toEqual({ ...NOTHING, misfiled: ['old'] });
  });

  test('a claim means the file that has the name now, not one that was moved away from it', () => {
    const changes = [{ path: 'a', status: 'A' as const }, renamed('a', 'b')];
    expect(compare({ created: ['a'] }, changes)).toEqual({ ...NOTHING, undeclared: ['b'] });
    expect(compare({ created: ['a', 'b'] }, changes)).toEqual(NOTHING);
  });

  test('a claim of a file that git ignores is neither missing nor a change', () => {
    expect(compare({ created: ['dist/a.js'] }, [], BELOW, ['packages/web/dist/a.js'])).toEqual({
      ...NOTHING,
      ignored: ['packages/web/dist/a.js'],
    });
  });

  test.each([
    '/etc/passwd',
    '../../elsewhere',
    '.',
    '',
    '/',
    '/code/app',
    '/state/worktrees/01234/a',
  ])('the claim %j means nothing that was measured', (claim) => {
    expect(compare({ modified: [claim] }, [])).toEqual({ ...NOTHING, missing: [claim], outside: [claim] });
  });

  test('a claim of a whole folder declares none of the files in it', () => {
    expect(compare({ modified: ['src/', './'] }, [modified('src/a.ts')])).toMatchObject({
      undeclared: ['src/a.ts'],
    });
  });

  test('every path that a claim may mean is asked for once', () => {
    expect(claimedPaths({ created: ['a\\b'], modified: ['./a/b', '/etc/passwd'] }, BELOW)).toEqual([
      'packages/web/a\\b',
      'a\\b',
      'packages/web/a/b',
      'a/b',
    ]);
  });
});
