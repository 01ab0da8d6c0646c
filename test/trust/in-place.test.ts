/** Work in the folder itself, in a repository and in a folder without git: measured, decided on, and left as it is. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { repository } from '../e2e/repository.ts';
import { test } from '../faults/rig.ts';
import { does } from './sites.ts';

const WORK = `echo changed > app/a.txt; echo new > new.txt; rm app/old.txt; mkdir -p left; echo kept > left/x`;
const CLAIMS = { files_created: ['new.txt', 'never.txt'], files_modified: ['app/a.txt'] };

test('work in place is measured against how the folder was before, with its checks and claims, and an approval moves nothing', async ({
  rig,
  puppet,
}) => {
  const checks = [{ name: 'test', run: 'cat new.txt && echo by a check > left/made.txt' }];
  const { git, folder: repo } = await repository(rig, { isolation: 'in_place', checks }, 'repo');
  const plain = await rig.workspace('plain', { checks });
  await mkdir(join(plain, 'app'));
  await writeFile(join(plain, 'app', 'a.txt'), 'one\n');
  for (const folder of [repo, plain]) {
    // In no commit: it was there before the first run all the same.
    await writeFile(join(folder, 'app', 'old.txt'), 'old\n');
    await writeFile(join(folder, 'mine.txt'), 'mine\n');
  }
  const before = git('for-each-ref');
  const ids: Record<string, Awaited<ReturnType<typeof rig.send>>> = {};
  for (const name of ['repo', 'plain']) {
    const id = await rig.send(`---\nworkspace: ${name}\n---\n# Work\nDo it.`);
    await puppet.playsFor(id, does(WORK, CLAIMS));
    ids[name] = id;
  }
  await rig.startSupervisor();
  for (const [name, id] of Object.entries(ids)) {
    const { evidence } = await rig.until(id, 'awaiting_approval');
    const made = evidence[0]?.evidence;
    expect(made).toMatchObject({
      measured: true,
      checksPassed: true,
      git: name === 'repo' ? { branch: null, baseRef: null, repo } : null,
      snapshot: name === 'repo' ? null : { tree: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect(made?.diff?.changes.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'M app/a.txt',
      'D app/old.txt',
      'A left/made.txt',
      'A left/x',
      'A new.txt',
    ]);
    expect(made?.claims).toMatchObject({
      missing: ['never.txt'],
      undeclared: ['app/old.txt', 'left/made.txt', 'left/x'],
    });
    expect(made?.warnings).toMatchObject([{ kind: 'checks_changed_files', paths: ['left/made.txt'] }]);
    const shown = (await rig.command('evidence', id, '--diff')).stdout;
    expect(shown).toContain('+changed');
    expect((await rig.command('approve', id)).code).toBe(0);
    expect((await rig.until(id, 'complete')).landings).toEqual([]);
  }
  expect(git('for-each-ref')).toBe(before);
  for (const folder of [repo, plain]) {
    expect(await readFile(join(folder, 'new.txt'), 'utf8')).toBe('new\n');
    expect(await readFile(join(folder, 'mine.txt'), 'utf8')).toBe('mine\n');
  }
});
