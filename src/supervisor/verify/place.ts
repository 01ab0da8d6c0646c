/** Where the work of a project is measured, and with what it is compared. */
import { realpath } from 'node:fs/promises';
import type { ToVerify } from '../../bridge/verifying.ts';
import type { UnmeasuredPlace, WorkedPlace } from '../../evidence/make-evidence.ts';
import { baseOf } from '../../git/measure-base.ts';
import {
  inspectRepository,
  type RefusedRepository,
  type Repository,
  whyUnusable,
} from '../../git/repository.ts';
import type { Evidence } from '../../project/evidence.ts';
import type { Worktree } from '../../project/worktree.ts';
import { measureFolder } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { keptFingerprint } from '../place/kept-fingerprint.ts';

export type FoundPlace =
  | { readonly kind: 'measurable'; readonly place: WorkedPlace }
  | ({ readonly kind: 'unmeasurable' } & UnmeasuredPlace);

/** Looks for it. Throws the system's error when a file of ours cannot be read. */
export async function findPlace(
  context: Context,
  { project, worktree }: Pick<ToVerify, 'project' | 'worktree'>,
): Promise<FoundPlace> {
  const { workspace } = project;
  return worktree ? inWorktree(context, worktree, workspace) : inPlace(context, project);
}

async function inWorktree(
  { env }: Context,
  { repo, path, measureDir, baseOid, subdir, branch, baseRef }: Worktree,
  workspace: string,
): Promise<FoundPlace> {
  const repository = await inspectRepository(repo, env);
  if (repository.kind === 'none') return unmeasurable(path, 'folder_missing', repo);
  if (repository.kind === 'refused') return withoutGit(path, repository);
  const fingerprint = await keptFingerprint(measureDir);
  const found = { measureDir, folder: path, base: baseOid, repository, subfolder: subdir, branch, baseRef };
  return { kind: 'measurable', place: { ...found, workspace, fingerprint } };
}

/** Compared with how the folder was before the first run. */
async function inPlace(
  { bridge, env }: Context,
  { id, workspace }: ToVerify['project'],
): Promise<FoundPlace> {
  const measureDir = measureFolder(bridge.stateDir, id);
  const base = await baseOf(measureDir, env);
  if (base === null) {
    const unusable = await whyUnusable(env);
    return unusable ? withoutGit(workspace, unusable) : unmeasurable(workspace, 'not_supported');
  }
  const folder = await realpath(workspace).catch(() => workspace);
  const found = await inspectRepository(folder, env);
  const repository: Repository | null = found.kind === 'repository' && !found.bare ? found : null;
  const fingerprint = repository && (await keptFingerprint(measureDir));
  const place = { measureDir, folder, base, repository, subfolder: '', branch: null, baseRef: null };
  return { kind: 'measurable', place: { ...place, workspace, fingerprint } };
}

function withoutGit(folder: string, { cause, detail }: RefusedRepository): FoundPlace {
  if (cause === 'no-git') return unmeasurable(folder, 'git_missing');
  return unmeasurable(folder, 'git_failed', cause === 'git-too-old' ? `${detail} is too old` : detail);
}

function unmeasurable(folder: string, kind: NonNullable<Evidence['cause']>['kind'], detail = ''): FoundPlace {
  return { kind: 'unmeasurable', folder, cause: { kind, detail } };
}
