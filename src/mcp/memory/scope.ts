import type { MemoryWriter } from '../../bridge/memory-event.ts';
import type { RelayClient } from '../../project/relay.ts';
import type { Caller } from '../define-tool.ts';

/** Who is connected to a server of the memory. */
export interface MemoryScope {
  /** Undefined: whoever calls over HTTP, by the name of the credential. */
  readonly client: RelayClient | undefined;
  /** The run of the supervisor that it is; undefined in a person's own session. */
  readonly runId?: string | undefined;
}

/** Who writes with this call. */
export function writerOf({ client, runId }: MemoryScope, { actor }: Caller): MemoryWriter {
  return { actor: client ?? actor, runId: runId ?? null };
}
