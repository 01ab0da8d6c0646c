/** Every worktree that stands: what it takes, and whether it may be removed. */
import type { Bridge } from '../bridge/bridge.ts';
import { removeFromDisk } from '../bridge/worktree-removal.ts';
import { standingWorktrees } from '../bridge/worktrees.ts';
import { type FolderSize, folderSize } from '../machine/folder-size.ts';
import type { KeptWorktree } from '../project/kept-worktree.ts';
import type { ProjectWorktree } from '../project/worktree.ts';
import { type Host, readableConfig } from './host.ts';

export interface WorktreeReport extends ProjectWorktree {
  readonly size: FolderSize;
  /** What keeps it; null: it may be removed. */
  readonly kept: KeptWorktree | null;
  /** The supervisor removes it at its first look after this time; null where it stays, or the configuration is unusable. */
  readonly removedAfter: string | null;
}

const DAY_MS = 24 * 3_600_000;

/** Looks at each as its removal would, and changes nothing in it. Oldest first. Throws StoreError. */
export async function worktreeReports(host: Host, bridge: Bridge): Promise<WorktreeReport[]> {
  const days = readableConfig(host)?.keep_worktrees_days;
  const reports: WorktreeReport[] = [];
  for (const one of await standingWorktrees(bridge)) {
    const size = await folderSize(one.worktree.path, host.clock, AbortSignal.timeout(MAX_SIZE_MS));
    const removal = await removeFromDisk(one, host.env, { dryRun: true });
    const isKept = removal.kind === 'kept';
    const closedAt = Date.parse(one.project.updatedAt);
    reports.push({
      ...one,
      size,
      kept: isKept ? removal : null,
      removedAfter: isKept || days === undefined ? null : new Date(closedAt + days * DAY_MS).toISOString(),
    });
  }
  return reports;
}

const MAX_SIZE_MS = 2_000;
