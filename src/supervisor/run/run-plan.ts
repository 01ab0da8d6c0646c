import type { Outcome } from '../../project/outcome.ts';
import type { Project } from '../../project/project.ts';
import type { Run } from '../../project/run.ts';
import type { Result } from '../../result.ts';
import type { PreparedRun } from './prepare.ts';

/** A recorded run, and how its process comes about. */
export interface RunPlan {
  readonly run: Run;
  readonly limits: Pick<Project, 'timeoutMs'>;
  /** Runs before it, of any session. */
  readonly earlier: readonly Run[];
  /** What to spawn, or the outcome with which the run ends at once. `stop` ends what takes long. */
  readonly prepare: (stop: AbortSignal) => Promise<Result<PreparedRun, Outcome>>;
}

/** Starts runs and follows them. */
export interface RunStarter {
  /** Starts a run now, and resolves when its outcome is in the store. `stop` interrupts it. */
  runToEnd(plan: RunPlan, stop: AbortSignal): Promise<void>;
}
