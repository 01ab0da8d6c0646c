/** The drafts that processes leave which are killed while they replace a file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { draftName, sweepDrafts, sweepOnce } from '../../src/folder/drafts.ts';
import { stateFolder } from '../mcp/rig.ts';
import { onWindows } from '../platform.ts';
import { sharedPlace } from './rig.ts';

const LIMITS = { clock: systemClock, signal: new AbortController().signal };
const DRAFT = fileURLToPath(new URL('fixtures/draft.ts', import.meta.url));

/** Another process that has written a draft into this folder and lives. */
async function writer(folder: string) {
  const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', DRAFT, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  const [said] = await once(child.stdout, 'data');
  return { draft: join(folder, String(said).trim()), kill };
}

test('the draft of a process that was killed is taken away, and never one that a living process writes', async () => {
  const { root, at } = sharedPlace();
  mkdirSync(at('deep/er'), { recursive: true });
  const [one, other] = [await writer(root.real), await writer(at('deep/er'))];
  const own = at(await draftName());
  writeFileSync(own, 'half');
  expect(await sweepDrafts(root, LIMITS)).toBe(0);
  await other.kill();
  expect(await sweepDrafts(root, LIMITS)).toBe(1);
  expect([one.draft, own, other.draft].map((path) => existsSync(path))).toEqual([true, true, false]);
  await one.kill();
  expect(await sweepDrafts(root, LIMITS)).toBe(1);
  expect(existsSync(own)).toBe(true);
});

test.skipIf(onWindows)(
  'what only looks like a draft is never taken away (needs symbolic links)',
  async () => {
    const { root, at, secret } = sharedPlace();
    const { draft, kill } = await writer(root.real);
    await kill();
    const name = draft.slice(root.real.length + 1);
    const left = ['notes.bridge-draft', '.bridge-draft', `a${name}`, `${name}.txt`, name.toUpperCase()];
    for (const one of left) writeFileSync(at(one), 'mine');
    mkdirSync(at('folders'));
    mkdirSync(at(join('folders', name)));
    mkdirSync(at('links'));
    symlinkSync(secret, at(join('links', name)));
    mkdirSync(at('.git'));
    writeFileSync(at(join('.git', name)), 'of git');
    expect(await sweepDrafts(root, LIMITS)).toBe(1);
    expect(readdirSync(root.real).sort()).toEqual([...left, '.git', 'folders', 'links'].sort());
    expect(existsSync(at(join('folders', name)))).toBe(true);
    expect(existsSync(at(join('links', name)))).toBe(true);
    expect(existsSync(at(join('.git', name)))).toBe(true);
  },
);

test('a draft of another machine is left for a day, since nobody here knows whether its process lives', async () => {
  const { root, at } = sharedPlace();
  const foreign = at((await draftName()).replace(/-[0-9a-f]{8}-/, '-0123abcd-'));
  writeFileSync(foreign, 'half');
  expect(await sweepDrafts(root, LIMITS)).toBe(0);
  const before = new Date(Date.now() - 25 * 60 * 60 * 1_000);
  utimesSync(foreign, before, before);
  expect(await sweepDrafts(root, LIMITS)).toBe(1);
});

test('a folder is looked through once by each server, and never one whose owner lets nothing be changed', async () => {
  const { root } = sharedPlace();
  const home = stateFolder();
  const { draft, kill } = await writer(root.real);
  await kill();
  const configure = (read_only: boolean) =>
    writeFileSync(join(home, 'config.json'), JSON.stringify({ folder: { path: root.path, read_only } }));
  configure(true);
  await sweepOnce(root, { BRIDGE_HOME: home }, LIMITS);
  expect(existsSync(draft)).toBe(true);
  const other = sharedPlace();
  const second = await writer(other.root.real);
  await second.kill();
  configure(false);
  await sweepOnce(other.root, { BRIDGE_HOME: home }, LIMITS);
  expect(existsSync(second.draft)).toBe(false);
});
