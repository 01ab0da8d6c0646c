/** The person's checkouts: as they are by their commits and what landed, with what the person has in no commit. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, Watched } from './checks.ts';
import { git, type Repository } from './repository.ts';

/** What the person has in no commit is there to the byte, and nothing else differs from the branch they are on. */
export async function checkouts(watched: Watched): Promise<Finding[]> {
  const { journal, suspicions, world } = watched;
  const findings: Finding[] = [];
  for (const repository of world.repositories) {
    const { alone, path } = repository;
    await alone(async () => {
      for (const [file, text] of journal.dirt) {
        if (!file.startsWith(`${path}/`)) continue;
        const found = await readFile(file, 'utf8').catch(() => undefined);
        if (found !== text)
          findings.push(['lost', `${file}: the person's content '${text}' became '${found}'`]);
      }
      const found = await differences(watched, repository);
      // A landing under way has moved its files, and not yet its branch.
      const standing = suspicions.standing(`checkout ${path}`, found, world.isOver ? 0 : LANDING_MS);
      findings.push(...standing.map((what): Finding => ['broken', `${path}: ${what}`]));
    });
  }
  return findings;
}

const LANDING_MS = 20_000;

async function differences({ journal }: Watched, { name, path, checkedOut }: Repository): Promise<string[]> {
  const branch = await git(path, 'symbolic-ref', '--short', 'HEAD');
  const status = await git(path, 'status', '--porcelain', '--untracked-files=all');
  const lines = status === '' ? [] : status.split('\n');
  const foreign = lines.filter((line) => {
    const file = line.slice(3);
    // Claude works in that checkout itself.
    const isWork = name === IN_PLACE && file.startsWith('soak-') && line.startsWith('??');
    return !isWork && !journal.dirt.has(join(path, file));
  });
  const gone = [...journal.dirt.keys()].filter(
    (file) => file.startsWith(`${path}/`) && !lines.some((line) => join(path, line.slice(3)) === file),
  );
  return [
    ...(branch === checkedOut ? [] : [`on branch ${branch}, and the person was on ${checkedOut}`]),
    ...foreign.map((line) => `git status shows '${line}', which the person has not done`),
    ...gone.map((file) => `git status does not show ${file}`),
  ];
}

const IN_PLACE = 'desk';
