import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { whyChangeable, whyReplaceable, whyWritableByOthers } from '../../src/machine/writable-by-others.ts';
import { isRoot, onWindows } from '../platform.ts';

test.each([
  ['its owner alone', 0o100755, 501, 20, undefined],
  ["the user's own group", 0o100775, 1000, 1000, undefined],
  ['a group of others', 0o100775, 501, 20, 'may be written by its group (gid 20)'],
  ['a group alone', 0o100060, 1000, 27, 'may be written by its group (gid 27)'],
  ['everybody', 0o100757, 1000, 1000, 'may be written by everybody'],
  ['everybody, with a sticky bit', 0o041777, 0, 0, 'may be written by everybody'],
])('a file that may be written by %s is told from one that others may change', (_, mode, uid, gid, why) => {
  expect(whyChangeable({ mode, uid, gid }, uid)).toBe(why);
});

test('a file of root is trusted, one of another user is not, and a group of root that is no own one neither', () => {
  expect(whyChangeable({ mode: 0o100755, uid: 0, gid: 0 }, 1000)).toBeUndefined();
  expect(whyChangeable({ mode: 0o100755, uid: 1001, gid: 1000 }, 1000)).toBe(
    'belongs to another user (uid 1001)',
  );
  expect(whyChangeable({ mode: 0o100775, uid: 0, gid: 1000 }, 1000)).toContain('gid 1000');
});

test.each([
  ['a folder of its owner', 0o040755, 1000, undefined],
  ['a folder of everybody', 0o040777, 0, 'may be written by everybody'],
  ['a folder of everybody with a sticky bit', 0o041777, 0, undefined],
  ['a folder of a group with a sticky bit', 0o041775, 0, undefined],
  ['a folder with a sticky bit that another user owns', 0o041777, 1001, 'belongs to another user (uid 1001)'],
])('a folder whose entries others may replace is told from one whose they may not: %s', (_, mode, uid, why) => {
  expect(whyReplaceable({ mode, uid, gid: 50 }, 1000)).toBe(why);
});

test('nothing is known of who may write where files have no modes', () => {
  expect(whyChangeable({ mode: 0o100666, uid: 0, gid: 0 }, undefined)).toBeUndefined();
  expect(whyReplaceable({ mode: 0o040777, uid: 0, gid: 0 }, undefined)).toBeUndefined();
});

test.skipIf(onWindows || !isRoot)('a folder is looked at as it is now (needs root)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-modes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await whyWritableByOthers(folder)).toBeUndefined();
  chownSync(folder, 0, 12_345);
  chmodSync(folder, 0o770);
  expect(await whyWritableByOthers(folder)).toBe('may be written by its group (gid 12345)');
});
