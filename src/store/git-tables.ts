/** The tables of worktrees and of where work landed, as Kysely sees them. */
import type { Generated } from 'kysely';
import type { ProjectId } from '../project/ids.ts';
import type { LandingAction, LandingOutcome } from '../project/landing.ts';
import type { WorktreeState } from '../project/worktree.ts';

export interface GitTables {
  worktrees: {
    project_id: ProjectId;
    repo: string;
    path: string;
    subdir: string;
    branch: string;
    base_ref: string | null;
    base_oid: string;
    measure_dir: string;
    config_digest: string | null;
    refs_digest: string | null;
    state: WorktreeState;
    prepared_at: string | null;
    prepare_exit: number | null;
    created_at: string;
    removed_at: string | null;
  };
  landings: {
    id: Generated<number>;
    approval_id: number;
    action: LandingAction;
    target: string;
    from_oid: string | null;
    to_oid: string | null;
    outcome: LandingOutcome;
    detail: string;
    created_at: string;
  };
}
