import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from '../../../src/supervisor/context.ts';
import { findPlace } from '../../../src/supervisor/verify/place.ts';

test.each([
  ['without git', '/nowhere', 'git_missing'],
  ['with git', process.env.PATH, 'not_supported'],
])('a folder of which nothing was kept is not measured %s, and the cause is named', async (_, PATH, kind) => {
  const folder = await mkdtemp(join(tmpdir(), 'place-'));
  try {
    const context = { bridge: { stateDir: folder }, env: { PATH } } as unknown as Context;
    const due = { project: { id: '0123456789ab', workspace: folder }, worktree: undefined };
    const found = await findPlace(context, due as never);
    expect(found).toMatchObject({ kind: 'unmeasurable', folder, cause: { kind } });
  } finally {
    await rm(folder, { recursive: true });
  }
});
