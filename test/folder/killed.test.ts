/** A process that is killed while it writes into the folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { sweepDrafts } from '../../src/folder/drafts.ts';
import { eventually } from '../eventually.ts';
import { sharedPlace } from './rig.ts';

const WRITER = fileURLToPath(new URL('fixtures/new-files.ts', import.meta.url));
const BYTES = 32 * 1024 * 1024;

test('a new file whose writer is killed is there whole or not at all, and its draft is swept', async () => {
  const { root, at } = sharedPlace();
  const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', WRITER, root.real], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  const files = () => readdirSync(root.real);
  const isPart = (name: string) => statSync(at(name), { throwIfNoEntry: false })?.size !== BYTES;
  await eventually(() => expect(files().some(isPart)).toBe(true), 1);
  await kill();
  const named = files().filter((name) => name.startsWith('new-'));
  expect(named.filter(isPart)).toEqual([]);
  await sweepDrafts(root, { clock: systemClock, signal: new AbortController().signal });
  expect(files()).toEqual(named);
});
