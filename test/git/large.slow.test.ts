import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffTrees } from '../../src/git/tree-diff.ts';
import { gitRig } from './rig.ts';

test('a binary of 200 MB is measured and compared', { timeout: 300_000 }, async () => {
  const rig = await gitRig();
  const { base } = await rig.begin();
  const file = await open(join(rig.worktree, 'large.bin'), 'w');
  const block = Buffer.alloc(1_000_000, 'large\0');
  for (let number = 0; number < 200; number++) {
    block.writeUInt32BE(number);
    await file.write(block);
  }
  await file.close();
  const { tree, problems } = await rig.measure();
  expect(problems).toEqual([]);
  const diff = await diffTrees(rig.measureDir, { from: base, to: tree }, rig.env);
  expect(diff).toMatchObject({
    kind: 'compared',
    binary: 1,
    changes: [{ path: 'large.bin', size: 200_000_000 }],
  });
});
