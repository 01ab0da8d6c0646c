/** The worktrees of projects: what they take, whether another one has room, and whether git and the store agree on them. */

import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shellWord } from '../characters.ts';
import { inspectRepository } from '../git/repository.ts';
import { repositoryGit } from '../git/repository-git.ts';
import { listWorktrees } from '../git/worktree-list.ts';
import { absolutePath } from '../home-path.ts';
import { freeSpace } from '../machine/disk.ts';
import { folderSize } from '../machine/folder-size.ts';
import { isClosed } from '../project/project.ts';
import { plural } from '../project/text.ts';
import { namedWorkspaces } from '../project/workspace.ts';
import type { ProjectWorktree } from '../project/worktree.ts';
import { worktreesFolder } from '../state-folder.ts';
import { worktreesThatStand } from '../store/worktrees.ts';
import { type CheckGroup, type FindingFacts, ok, skipped, warning } from './check.ts';
import { type DoctorContext, once } from './context.ts';
import { sizeText } from './wording.ts';

/** Null for a store of an older schema: the next start migrates it. */
type Read = () => Promise<readonly ProjectWorktree[] | null>;

export function worktreesGroup(context: DoctorContext): CheckGroup {
  const standing = once(() => readStanding(context));
  return {
    name: 'worktrees',
    title: 'Worktrees',
    checks: [
      {
        name: 'size',
        subject: 'worktrees',
        timeoutMs: TIMEOUT_MS,
        run: (signal) => size(context, standing, signal),
      },
      { name: 'known', subject: 'worktrees', timeoutMs: TIMEOUT_MS, run: () => known(context, standing) },
    ],
  };
}

const TIMEOUT_MS = 30_000;

async function readStanding(context: DoctorContext): Promise<readonly ProjectWorktree[] | null> {
  const { read, schema, newestSchema } = await context.store();
  if (schema < newestSchema) return null;
  return worktreesThatStand(read);
}

const LIST = 'bridge-supervisor worktree list';

async function size(context: DoctorContext, read: Read, signal: AbortSignal): Promise<FindingFacts> {
  const { stateDir, clock } = context;
  const folder = worktreesFolder(stateDir);
  const standing = await read();
  if (standing === null) return olderSchema(folder);
  if (standing.length === 0) return ok(folder, 'There are no worktrees');
  const sizes: { bytes: number; cut: boolean; isClosed: boolean }[] = [];
  for (const { worktree, project } of standing)
    sizes.push({ ...(await folderSize(worktree.path, clock, signal)), isClosed: isClosed(project.status) });
  const sum = (some: typeof sizes) => some.reduce((bytes, one) => bytes + one.bytes, 0);
  const closed = sizes.filter((one) => one.isClosed);
  const least = sizes.some(({ cut }) => cut) ? 'at least ' : '';
  const whole = `${plural(sizes.length, 'worktree')} ${sizes.length === 1 ? 'uses' : 'use'} ${least}${sizeText(sum(sizes))}`;
  const part =
    closed.length === 0 ? '' : `; ${sizeText(sum(closed))} of it for closed projects, see: ${LIST}`;
  const largest = Math.max(...sizes.map(({ bytes }) => bytes));
  const min = (await context.config()).disk_min_mb * 1e6;
  const free = (await freeSpace(stateDir)).bytes;
  if (free >= min + largest) return ok(folder, whole + part);
  return warning(
    folder,
    `${whole}, and ${sizeText(free)} is free: one more as large as the largest (${sizeText(largest)}) leaves less than ${sizeText(min)}, and then no run starts.`,
    { hint: `Free some space, or remove worktrees of closed projects: ${LIST}` },
  );
}

function olderSchema(folder: string): FindingFacts {
  return skipped(folder, 'The database has an older schema; the next start migrates it.');
}

async function known(context: DoctorContext, read: Read): Promise<FindingFacts[]> {
  const folder = worktreesFolder(context.stateDir);
  const standing = await read();
  if (standing === null) return [olderSchema(folder)];
  const listed = await listedByGit(context, standing);
  const folders = await readdir(folder).catch(() => []);
  const found = [
    ...standing.flatMap((one) => missing(one, folders, listed)),
    ...strangers(context, standing, folders, listed),
  ];
  return found.length > 0 ? found : [ok(folder, 'Git and the database know the same worktrees')];
}

/** The worktrees that git has in our folder, by name, each with its repository. */
async function listedByGit(
  { stateDir, supervisorEnv, config }: DoctorContext,
  standing: readonly ProjectWorktree[],
): Promise<ReadonlyMap<string, string>> {
  const { env } = await supervisorEnv();
  const ofConfig = namedWorkspaces((await config()).workspaces).map(({ path }) => absolutePath(path));
  const listed = new Map<string, string>();
  // Git writes paths with their links resolved.
  const folder = worktreesFolder(await realpath(stateDir).catch(() => stateDir));
  for (const place of new Set([...standing.map(({ worktree }) => worktree.repo), ...ofConfig])) {
    const repository = await inspectRepository(place, env);
    if (repository.kind !== 'repository') continue;
    const { git } = await repositoryGit(repository.topLevel, env);
    for (const { path } of await listWorktrees(git))
      if (dirname(path) === folder) listed.set(basename(path), repository.topLevel);
  }
  return listed;
}

/** What is not there of a worktree that the store has. One that is being made is completed by its next start. */
function missing(
  { worktree, project }: ProjectWorktree,
  folders: readonly string[],
  listed: ReadonlyMap<string, string>,
): FindingFacts[] {
  const { path, repo } = worktree;
  const { id } = project;
  if (worktree.state === 'adding') return [];
  if (!folders.includes(id))
    return [
      warning(path, `The worktree of ${id} is gone: ${path}.`, {
        hint: isClosed(project.status)
          ? `bridge-supervisor worktree remove ${id} tidies up.`
          : 'Nothing to do: the next run makes it again, with what was measured last.',
      }),
    ];
  if (listed.has(id)) return [];
  const after = isClosed(project.status) ? 'worktree remove' : 'retry';
  return [
    warning(path, `Git does not know the worktree of ${id} any more: ${path} (of ${repo}).`, {
      hint: `Move the folder to another place, with what you want to keep; then bridge-supervisor ${after} ${id}.`,
    }),
  ];
}

/** What is there of worktrees that the store does not have, as after the restore of an older copy. */
function strangers(
  { stateDir }: DoctorContext,
  standing: readonly ProjectWorktree[],
  folders: readonly string[],
  listed: ReadonlyMap<string, string>,
): FindingFacts[] {
  const ours = new Set<string>(standing.map(({ project }) => project.id));
  const names = [...new Set([...listed.keys(), ...folders])].filter((name) => !ours.has(name));
  return names.map((name) => {
    const path = join(worktreesFolder(stateDir), name);
    const repo = listed.get(name);
    if (repo === undefined)
      return warning(path, `Neither git nor the database knows ${path}.`, {
        hint: 'Look into it, then delete it.',
      });
    const git = `git -C ${shellWord(repo)} worktree`;
    return warning(path, `Git has a worktree that the database does not know: ${path} (of ${repo}).`, {
      hint: `Keep what you need of it, then: ${git} unlock ${shellWord(path)} && ${git} remove ${shellWord(path)}`,
    });
  });
}
