/** The changes of one file in a patch of many. */
import { expect, test } from 'vitest';
import type { KeptFile } from '../../src/bridge/kept-text.ts';
import { findSection } from '../../src/bridge/patch-sections.ts';
import type { Change } from '../../src/project/evidence.ts';

const section = (old: string, path: string, line: string) =>
  `diff --git ${old} ${path}\n@@ -1 +1 @@\n${line}\n`;

const PATCH = [
  section('a/one.ts', 'b/one.ts', '+diff --git a/two.ts b/two.ts'),
  section('a/old.ts', 'b/two.ts', '-x'),
  section('a/link', 'b/link', '-a file'),
  section('a/link', 'b/link', '+a link'),
  section('"a/gr\\303\\274n \\"x\\""', '"b/gr\\303\\274n \\"x\\""', '+green'),
];

let versions = 0;

/** A patch of a version of its own, and how often something was read of it. */
function keptPatch(text = PATCH.join(''), version = `v${++versions}`) {
  const content = Buffer.from(text);
  let reads = 0;
  const patch: KeptFile = {
    version,
    bytes: content.length,
    async read(from, length) {
      reads += 1;
      return content.subarray(from, from + length);
    },
    part: () => patch,
    async [Symbol.asyncDispose]() {},
  };
  const find = async (path: string, oldPath?: string) => {
    const found = await findSection(patch, change(path, oldPath));
    return found && content.toString('utf8', found.start, found.end);
  };
  return { find, reads: () => reads };
}

function change(path: string, oldPath?: string): Change {
  const counts = { insertions: 1, deletions: 1, binary: false, size: 1 };
  return { path, ...(oldPath !== undefined && { oldPath }), status: 'M', ...counts };
}

test('the section of a change is found by both its names, with both parts of another type, and never by a line of a file', async () => {
  const { find } = keptPatch();
  expect(await find('one.ts')).toBe(PATCH[0]);
  expect(await find('two.ts', 'old.ts')).toBe(PATCH[1]);
  expect(await find('link')).toBe(`${PATCH[2]}${PATCH[3]}`);
  expect(await find('grün "x"')).toBe(PATCH[4]);
  for (const path of ['two.ts', 'three.ts', 'one.tsx']) expect(await find(path), path).toBeUndefined();
});

test('a patch that was cut, or is empty, has no section of what it does not reach', async () => {
  expect(await keptPatch(`${PATCH[0]}diff --git a/cut.ts b/cu`).find('cut.ts')).toBeUndefined();
  expect(await keptPatch('').find('one.ts')).toBeUndefined();
  expect(await keptPatch(`${PATCH[0]}diff --git a/e b/e`).find('one.ts')).toBe(PATCH[0]);
});

test('a patch is read once for all its files, also when they are asked for at once', async () => {
  const { find, reads } = keptPatch();
  await Promise.all(['one.ts', 'link', 'none'].map((path) => find(path)));
  await find('one.ts');
  expect(reads()).toBe(1);
});

test('a patch that was written again is read again', async () => {
  const before = keptPatch(PATCH[0]);
  expect(await before.find('link')).toBeUndefined();
  const after = keptPatch(PATCH.join(''));
  expect(await after.find('link')).toBe(`${PATCH[2]}${PATCH[3]}`);
});

test('a patch is forgotten when eight others were read since, and one of very many files at once', async () => {
  const first = keptPatch();
  await first.find('one.ts');
  for (let n = 0; n < 8; n += 1) await keptPatch().find('one.ts');
  await first.find('one.ts');
  expect(first.reads()).toBe(2);
  const many = Array.from({ length: 10_001 }, (_, n) => section(`a/${n}`, `b/${n}`, '+x')).join('');
  const large = keptPatch(many);
  for (const path of ['0', '10000']) expect(await large.find(path)).toContain(`b/${path}\n`);
  expect(large.reads()).toBe(2);
});
