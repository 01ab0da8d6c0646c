/** What a supervisor hands to its API. */
import type { Bridge } from '../bridge/bridge.ts';
import type { SupervisorTrouble } from '../bridge/health.ts';
import type { HeldLease } from '../bridge/lease.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Send } from '../control/test-receivers.ts';
import type { Environment } from '../environment.ts';
import type { Log } from '../log.ts';
import type { Uses } from './access/uses.ts';
import type { FollowOutput } from './define-route.ts';
import type { EventHub } from './events/hub.ts';

/** What the API works on. */
export interface Served {
  readonly bridge: Bridge;
  /** That of the supervisor that serves. */
  readonly lease: Pick<HeldLease, 'token'>;
  readonly clock: Clock;
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
  readonly events: EventHub;
  readonly followOutput: FollowOutput;
  readonly uses: Uses;
  /** Sends one notification, as the supervisor does. */
  readonly sendNotice: Send;
  /** Aborts when the server ends. */
  readonly ending: AbortSignal;
  /** The supervisor looks at once: something was changed. */
  wake(): void;
  /** Why the supervisor does not do its work; null when it does. */
  trouble(): Promise<SupervisorTrouble | null>;
}
