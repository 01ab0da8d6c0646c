/** The rules of Windows for paths in the shared folder, wherever the test runs. */
import { win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyGuarded } from '../../src/folder/guarded-names.ts';
import { partsWithin } from '../../src/folder/shared-folder.ts';
import { granted, refusalOf } from './rig.ts';

const ROOT = { path: 'C:\\Users\\me\\shared', real: 'D:\\shared' };
const within = (path: string) => partsWithin(ROOT, path, win32);

describe('paths by the rules of Windows', () => {
  test.each([
    ['notes\\spec.md', ['notes', 'spec.md']],
    ['notes/spec.md', ['notes', 'spec.md']],
    ['.\\a\\..\\b', ['b']],
    ['C:\\Users\\me\\shared\\a', ['a']],
    ['c:\\users\\ME\\Shared\\a', ['a']],
    ['D:/shared/a', ['a']],
    ['D:\\shared', []],
  ])('%s is in the folder', (path, parts) => {
    expect(granted(within(path))).toEqual(parts);
  });

  test.each([
    '..',
    'a\\..\\..\\x',
    'a/../../x',
    'E:\\shared\\a',
    'D:\\shared-secrets\\a',
    'C:\\Users\\me\\shared-secrets',
    '\\\\server\\share\\a',
    '\\\\?\\C:\\Windows\\win.ini',
    '\\Windows\\win.ini',
  ])('%s leads out of the folder, and is refused', (path) => {
    expect(refusalOf(within(path))).toMatch(/^Access denied - path outside allowed directories/);
  });

  test('a path that is relative to a drive stays in the folder, and its name is refused', () => {
    const [first = ''] = granted(within('E:secret.txt'));
    expect(whyGuarded(first, win32.sep)).toContain('Windows takes this name for no file');
  });
});

describe('names that lead to no file on Windows', () => {
  test.each([
    'CON',
    'nul',
    'nul.txt',
    'Aux .log',
    'com1',
    'LPT9.',
    'COM¹',
    'lpt³.txt',
    'CONIN$',
    'conout$',
    'file.txt:stream',
    'a::$DATA',
  ])('%s is refused on Windows, and is a name elsewhere', (name) => {
    expect(whyGuarded(name, win32.sep)).toBeDefined();
    expect(whyGuarded(name, '/')).toBeUndefined();
  });

  test.each([
    'console',
    'com',
    'com10',
    'nullable.txt',
    'a.nul',
    'lpt',
  ])('%s is a name on Windows', (name) => {
    expect(whyGuarded(name, win32.sep)).toBeUndefined();
  });

  test.each([
    '.git',
    '.GIT',
    'git~1',
    '.git.',
    '.git ',
    '.git::$INDEX_ALLOCATION',
  ])('%s is what git keeps, on Windows too', (name) => {
    expect(whyGuarded(name, win32.sep)).toContain('git keeps');
  });
});
