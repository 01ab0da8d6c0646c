/** Where the work of a project is measured, and with what it is compared. */
import type { ToVerify } from '../../bridge/verifying.ts';
import type { UnmeasuredPlace, WorkedPlace } from '../../evidence/make-evidence.ts';
import { inspectRepository, type Repository } from '../../git/repository.ts';
import type { Evidence } from '../../project/evidence.ts';
import type { Worktree } from '../../project/worktree.ts';
import type { Context } from '../context.ts';
import { keptFingerprint } from '../place/kept-fingerprint.ts';

export type FoundPlace =
  | { readonly kind: 'measurable'; readonly place: WorkedPlace & { readonly repository: Repository } }
  | ({ readonly kind: 'unmeasurable' } & UnmeasuredPlace);

/** Looks for it. Throws the system's error when a file of ours cannot be read. */
export async function findPlace(
  context: Context,
  { project, worktree }: Pick<ToVerify, 'project' | 'worktree'>,
): Promise<FoundPlace> {
  const folder = worktree ? worktree.path : project.workspace;
  const unmeasurable = (kind: NonNullable<Evidence['cause']>['kind'], detail = ''): FoundPlace => ({
    kind: 'unmeasurable',
    folder,
    cause: { kind, detail },
  });
  if (!worktree) return unmeasurable('not_supported');
  const repository = await inspectRepository(worktree.repo, context.env);
  if (repository.kind === 'none') return unmeasurable('folder_missing', worktree.repo);
  if (repository.kind === 'refused')
    return unmeasurable(repository.cause === 'no-git' ? 'git_missing' : 'git_failed', repository.detail);
  const place = {
    ...placeIn(worktree, repository),
    workspace: project.workspace,
    fingerprint: await keptFingerprint(worktree.measureDir),
  };
  return { kind: 'measurable', place };
}

function placeIn({ measureDir, path, baseOid, subdir, branch, baseRef }: Worktree, repository: Repository) {
  return { measureDir, folder: path, base: baseOid, repository, subfolder: subdir, branch, baseRef };
}
