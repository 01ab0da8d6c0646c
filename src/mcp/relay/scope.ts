import type { RelayClient } from '../../project/relay.ts';

/** Who is connected to a server of the relay. */
export interface RelayScope {
  readonly client: RelayClient;
  /** The run of the supervisor that it is; undefined in a person's own session. */
  readonly runId?: string | undefined;
  /** Fetches only what the person has let through, whatever the configuration says. */
  readonly isHeld: boolean;
}
