import type { Config } from '../../config.ts';
import type { Child } from '../../machine/child.ts';
import type { Project } from '../../project/project.ts';
import { type Run, statedUsd } from '../../project/run.ts';

/** What a run under way is given, besides what every part of the supervisor is given. */
export interface RunContext extends RunStart {
  readonly run: Run;
  readonly runTimeoutMs: number;
  readonly budgetUsd: number | null;
  /** What Claude stated for earlier runs of the same session, in US dollars: some versions report the sum. */
  readonly sessionSpentUsd: number;
}

/** What only the start of the run tells. */
interface RunStart {
  readonly resumed: boolean;
  /** Which folder Claude was started in (machine/folder-identity.ts); null when that cannot be known again. */
  readonly workspaceIdentity: string | null;
  readonly listener: RunListener;
}

export interface RunListener {
  /** The run has written something into the history. */
  changed(): void;
  /** The model has answered this run: the account and the service are well. */
  answered(): void;
}

/** A process to follow; one that is not our child has no input. */
export type ProcessHandle = Pick<Child, 'identity' | 'write' | 'endInput' | 'exited' | 'processTree'>;

/**
 * The context of a run, whether it was just started or is adopted.
 *
 * @param project Undefined when it cannot be read any more: the configuration's limits hold then.
 * @param earlier Runs before this one, also of other sessions.
 */
export function runContext(
  project: Pick<Project, 'timeoutMs' | 'budgetUsd'> | undefined,
  run: Run,
  earlier: readonly Run[],
  config: Pick<Config, 'run_timeout'>,
  start: RunStart,
): RunContext {
  return {
    ...start,
    run,
    runTimeoutMs: project?.timeoutMs ?? config.run_timeout,
    budgetUsd: project?.budgetUsd ?? null,
    sessionSpentUsd: statedUsd(earlierInSession(run, earlier)),
  };
}

/** The runs of the same conversation, without this one. */
export function earlierInSession({ id, sessionId }: Run, runs: readonly Run[]): Run[] {
  return runs.filter((other) => other.sessionId === sessionId && other.id !== id);
}
