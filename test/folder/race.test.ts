/** Somebody swaps a folder for a link while files in it are read and written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { editFile, makeFolderIn, moveEntry, readText, writeText } from '../../src/folder/operations.ts';
import { explainSystemError } from '../../src/folder/problem.ts';
import { pinByPath } from '../../src/machine/pinned-folder.ts';
import { ok, type Result } from '../../src/result.ts';
import { onLinux, onWindows } from '../platform.ts';
import { granted, type Place, sharedPlace } from './rig.ts';

const SWAP = fileURLToPath(new URL('fixtures/swap.mjs', import.meta.url));
const MAX_ROUNDS = 50_000;

/** `d` is now a folder with a file, now a link to the folder with the secret, now nothing. */
async function swapping(): Promise<Place> {
  const place = sharedPlace();
  mkdirSync(place.at('.real'));
  writeFileSync(place.at('.real/secret.txt'), 'public');
  symlinkSync(place.outside, place.at('.link'));
  const child = spawn(process.execPath, [SWAP, place.at('d'), place.at('.real'), place.at('.link')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout, 'data');
  return place;
}

/** A refusal and a system's error are both a "no". */
async function attempt<T>(work: Promise<Result<T>>): Promise<T | undefined> {
  try {
    const result = await work;
    return result.ok ? result.value : undefined;
  } catch (error) {
    if (explainSystemError(error, 'd') === undefined) throw error;
    return undefined;
  }
}

/** Tries until it has worked so often: how long a swap takes depends on the machine. */
async function untilDone<T>(times: number, work: (round: number) => Promise<Result<T>>): Promise<T[]> {
  const done: T[] = [];
  for (let round = 0; done.length < times; round += 1) {
    expect(round, 'the folder was hardly ever there').toBeLessThan(MAX_ROUNDS);
    const value = await attempt(work(round).then((result) => (result.ok ? ok([result.value]) : result)));
    done.push(...(value ?? []));
  }
  return done;
}

describe.skipIf(!onLinux)('a folder that is swapped for a link again and again', () => {
  test('nothing outside is read, and what is read is read whole', async () => {
    const { root } = await swapping();
    const parts = await untilDone(100, () => readText(root, 'd/secret.txt', {}, 1_000));
    expect(new Set(parts.map(({ text }) => text))).toEqual(new Set(['public']));
  });

  test('nothing outside is made', async () => {
    const { root, outside } = await swapping();
    await untilDone(200, (round) => makeFolderIn(root, `d/folder-${round}/inner`));
    expect(readdirSync(outside)).toEqual(['secret.txt']);
  });

  test('nothing outside is written, edited or moved', async () => {
    const { root, outside, secret } = await swapping();
    await untilDone(60, (round) => writeText(root, `d/new-${round}`, 'x'));
    await untilDone(30, (round) =>
      editFile(root, 'd/secret.txt', [{ oldText: 'public', newText: `${round} public` }], false),
    );
    writeFileSync(join(root.real, 'mine'), 'x');
    const move = (round: number) =>
      round % 2 === 0 ? moveEntry(root, 'mine', 'd/mine') : moveEntry(root, 'd/mine', 'mine');
    await untilDone(30, move);
    expect(readdirSync(outside)).toEqual(['secret.txt']);
    expect(readFileSync(secret, 'utf8')).toBe('top secret');
  });
});

describe.skipIf(onWindows)('a folder that is held by its path', () => {
  test('nothing is opened in it once a link is in its place, or in that of a folder above it', async () => {
    const place = sharedPlace();
    mkdirSync(place.at('d'));
    writeFileSync(place.at('d/secret.txt'), 'public');
    await using top = await pinByPath(place.root.real);
    await using folder = await top.enter('d');
    await using file = await folder.openFile('secret.txt', 0);
    expect(await file.readFile('utf8')).toBe('public');
    granted(await moveEntry(place.root, 'd', 'e'));
    symlinkSync(place.outside, place.at('d'));
    await expect(folder.openFile('secret.txt', 0)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(top.enter('d')).rejects.toMatchObject({ code: 'ENOTDIR' });
    symlinkSync(place.secret, place.at('e/link'));
    await using moved = await top.enter('e');
    await expect(moved.openFile('link', 0)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(moved.at('x')).toBe(join(place.root.real, 'e', 'x'));
  });
});
