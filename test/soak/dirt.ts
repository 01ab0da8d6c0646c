/** What the person has in a checkout for a while, and in no commit. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { again, type DeskOptions, isOver, pass, stands } from './persons-git.ts';
import type { Random } from './random.ts';
import { git, NOTES, type Repository } from './repository.ts';

interface Dirt {
  readonly file: string;
  readonly text: string;
  readonly causes: readonly string[];
  readonly isStaged?: true;
}

export function changed({ name }: Repository, number: number): Dirt {
  return {
    file: NOTES,
    text: `first\n${number}, in no commit of ${name}\n`,
    causes: ['base-dirty', 'failed'],
  };
}

export function staged(_: Repository, number: number): Dirt {
  const file = `staged-${number}.txt`;
  return { file, text: `${number}\n`, causes: ['base-dirty', 'failed'], isStaged: true };
}

/** In nobody's way. */
export function untracked(_: Repository, number: number, random: Random): Dirt {
  return { file: `draft-${number}.txt`, text: `${random.next()}\n`, causes: [] };
}

/** The content is looked at by every check, and once more here before it is put away. */
export async function dirty(
  options: DeskOptions,
  repository: Repository,
  { file, text, causes, isStaged }: Dirt,
  stop: AbortSignal,
): Promise<void> {
  const { journal, random, tally } = options;
  const { path: folder, alone } = repository;
  const path = join(folder, file);
  const obstacle = stands(options, repository, causes);
  const isThere = await alone(async () => {
    // Work may land at this moment, and bring a file of that name.
    const flag = file === NOTES ? 'w' : 'wx';
    const written = await writeFile(path, text, { flag }).then(
      () => true,
      () => false,
    );
    if (written && isStaged) await again(() => git(folder, 'add', '--', file));
    if (written) journal.dirt.set(path, text);
    return written;
  });
  if (!isThere) return isOver(options, obstacle);
  await pass(random.whole(4_000, 12_000), stop);
  await alone(async () => {
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found !== text) await tally.violated('lost', `${path}: the person's own content became '${found}'`);
    journal.dirt.delete(path);
    if (isStaged) await again(() => git(folder, 'rm', '--quiet', '--cached', '--force', '--', file));
    if (file === NOTES) await again(() => git(folder, 'checkout', '--quiet', '--', file));
    else await rm(path, { force: true });
  });
  isOver(options, obstacle);
}
