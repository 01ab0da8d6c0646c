/**
 * The drafts beside files that are replaced. A process that is killed in mid-write leaves one; its name says whose it is, so
 * that the next server takes it away, and none that another is writing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readlink, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Environment } from '../environment.ts';
import { identify } from '../machine/identity.ts';
import { locate } from './locate.ts';
import { folderSettingsIn, type SharedFolder } from './shared-folder.ts';
import { type Limits, searchFolder } from './walk.ts';

/** A name for a draft of this process that no other file has. */
export async function draftName(): Promise<string> {
  own ??= ownMark();
  return `.${await own}-${randomUUID()}.bridge-draft`;
}

let own: Promise<string> | undefined;

async function ownMark(): Promise<string> {
  const self = await identify(process.pid);
  const machine = self === undefined ? NO_MACHINE : await thisMachine();
  return `${process.pid}-${machine}-${short(self?.startedAt ?? '')}`;
}

/** Where the process does not find itself: nobody can tell whether it lives. */
const NO_MACHINE = '00000000';

/** The folder may be one of the network, or shared with a container, whose processes have numbers of their own. */
async function thisMachine(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return short(`${hostname()} ${namespace}`);
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

const swept = new Set<string>();

/** Takes away what killed processes have left, once in the life of this one for each folder. Never rejects. */
export async function sweepOnce(root: SharedFolder, env: Environment, limits: Limits): Promise<void> {
  if (swept.has(root.real)) return;
  swept.add(root.real);
  try {
    if (!folderSettingsIn(env).readOnly) await sweepDrafts(root, limits);
  } catch {
    // What is left is in nobody's way: the next start tries again.
  }
}

/**
 * Deletes each draft in the folder whose process is gone, and each of another machine, or of a container, that is a day old. Returns how many.
 * Throws the system's error.
 */
export async function sweepDrafts(root: SharedFolder, limits: Limits): Promise<number> {
  const found: (readonly string[])[] = [];
  await searchFolder(
    root,
    {
      path: '.',
      isMatch: (parts) => DRAFT.test(parts.at(-1) ?? ''),
      isExcluded: () => false,
      after: undefined,
      take(parts, { isFolder }) {
        if (!isFolder) found.push(parts);
        return true;
      },
    },
    limits,
  );
  let deleted = 0;
  for (const parts of found) if (await deleteLeftover(root, parts, limits)) deleted += 1;
  return deleted;
}

const DRAFT =
  /^\.([1-9]\d{0,9})-([0-9a-f]{8})-([0-9a-f]{8})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.bridge-draft$/;

const FOREIGN_MS = 24 * 60 * 60 * 1_000;

async function deleteLeftover(
  root: SharedFolder,
  parts: readonly string[],
  { clock, signal }: Limits,
): Promise<boolean> {
  const [, pid = '', machine, start] = DRAFT.exec(parts.at(-1) ?? '') ?? [];
  const located = await locate(root, parts.join('/'), { followsLast: false });
  if (!located.ok) return false;
  await using draft = located.value;
  if (signal.aborted || !draft.stats?.isFile()) return false;
  if (machine === (await thisMachine())) {
    const living = await identify(Number(pid));
    if (living !== undefined && short(living.startedAt) === start) return false;
  } else if (clock.now().getTime() - Number(draft.stats.mtimeMs) < FOREIGN_MS) return false;
  await rm(draft.folder.at(draft.name), { force: true });
  return true;
}
