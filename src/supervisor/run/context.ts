import type { Child } from '../../machine/child.ts';
import type { Run } from '../../project/run.ts';

/** What a run under way is given, besides what every part of the supervisor is given. */
export interface RunSetting {
  readonly run: Run;
  readonly resumed: boolean;
  readonly runTimeoutMs: number;
  readonly budgetUsd: number | null;
  /** What Claude stated for earlier runs of the same session, in US dollars: some versions report the sum. */
  readonly sessionSpentUsd: number;
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
export type Followed = Pick<Child, 'identity' | 'write' | 'endInput' | 'exited' | 'family'>;
