import type { Config } from '../../config.ts';
import type { Child } from '../../machine/child.ts';
import type { Budget } from '../../project/budget.ts';
import type { Project } from '../../project/project.ts';
import { type LiveState, type Run, statedUsd } from '../../project/run.ts';

/** What an active run receives in addition to the context of the supervisor. */
export interface RunContext extends RunStart {
  readonly run: Run;
  readonly runTimeoutMs: number;
  /**
   * What Claude reported for earlier runs of this session, in US dollars. Some versions report the sum of the session.
   */
  readonly sessionSpentUsd: number;
}

/** What is known only where the run starts or is adopted. */
interface RunStart {
  readonly resumed: boolean;
  /** The call that was put off and with which the session goes on without a prompt. */
  readonly resumesCall: string | undefined;
  /** Identity of the folder that Claude was started in (machine/folder-identity.ts); null when it is unknown. */
  readonly workspaceIdentity: string | null;
  /** The budget that ends it first; undefined when there is none. */
  readonly budget: Budget | undefined;
  readonly listener: RunListener;
}

export interface RunListener {
  /** What the run is doing now. */
  doing(live: LiveState): void;
  /** The run has appended to the history. */
  changed(): void;
  /** The model has answered this run, so the account and the service work. */
  answered(): void;
}

/** A process to follow. One that is not our child has no input. */
export type ProcessHandle = Pick<Child, 'identity' | 'write' | 'endInput' | 'exited' | 'processTree'>;

/**
 * Builds the context of a run, started or adopted.
 *
 * @param project Undefined when it cannot be read any more; the limits of the configuration then apply.
 * @param earlier Runs before this one, of any session.
 */
export function runContext(
  project: Pick<Project, 'timeoutMs'> | undefined,
  run: Run,
  earlier: readonly Run[],
  config: Pick<Config, 'run_timeout'>,
  start: RunStart,
): RunContext {
  return {
    ...start,
    run,
    runTimeoutMs: Math.min(project?.timeoutMs ?? config.run_timeout, config.run_timeout),
    sessionSpentUsd: statedUsd(earlierInSession(run, earlier)),
  };
}

/** The runs of the same conversation, without this one. */
export function earlierInSession({ id, sessionId }: Run, runs: readonly Run[]): Run[] {
  return runs.filter((other) => other.sessionId === sessionId && other.id !== id);
}
