import type { Bridge } from '../bridge/bridge.ts';
import type { SupervisorTrouble } from '../bridge/health.ts';
import type { HeldLease } from '../bridge/lease.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Target } from '../config-targets.ts';
import type { Environment } from '../environment.ts';
import type { Log } from '../log.ts';
import type { Delivery, Notice } from '../project/notice.ts';

/** What every part of a running supervisor receives. */
export interface Context {
  readonly bridge: Bridge;
  readonly config: Config;
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** The right to write; every write checks that it still holds. */
  readonly lease: HeldLease;
  /** Command and arguments that start our own command line. */
  readonly selfCommand: readonly string[];
  /** What this supervisor cannot do at the moment, such as write its log; null when it is healthy. */
  readonly degradedReason: () => string | null;
  /** Undefined: none is wanted. */
  readonly http?: HttpService | undefined;
  /** Aborted when the supervisor is told to stop. */
  readonly stopping: AbortSignal;
}

/** Sends one notification to one receiver. Never throws; ends early when the signal aborts. */
export type SendNotice = (receiver: Target, notice: Notice, signal: AbortSignal) => Promise<Delivery>;

/** What the supervisor is to those who call it. */
export interface HttpHost {
  readonly bridge: Bridge;
  readonly lease: HeldLease;
  /** Something was changed by a caller. */
  wake(): void;
  /** Why the supervisor does not do its work; null when it does. */
  trouble(): Promise<SupervisorTrouble | null>;
}

/** What is served to callers for as long as the supervisor works. Its failure is never the supervisor's. */
export interface HttpService {
  /** Begins to listen, and does not wait for it. */
  start(host: HttpHost): void;
  /** Why nobody can call at the moment; null when somebody can. */
  trouble(): string | null;
  /** Ends what is open, and waits until it uses the bridge no more. */
  close(): Promise<void>;
}

/** What parts of the supervisor need of it. */
export interface SupervisorHost {
  /** Reconciles soon: the change feed does not report our own changes. */
  wake(): void;
  /** Runs work whose failure is the failure of the supervisor. */
  runInBackground(work: Promise<unknown>): void;
}
