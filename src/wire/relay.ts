/** Messages of the relay for programs: exactly as they were sent. */
import type { RelayClient } from '../project/relay.ts';
import type { WireRelayMessage } from './schemas/relay.ts';

interface Message {
  readonly number: number;
  readonly sender: RelayClient;
  readonly runId: string | null;
  readonly content: string;
  readonly createdAt: string;
  readonly readAt: Readonly<Record<RelayClient, string | null>>;
}

export function toWireRelayMessage(sent: Message): WireRelayMessage {
  return {
    id: sent.number,
    sender: sent.sender,
    run_id: sent.runId,
    message: sent.content,
    created_at: sent.createdAt,
    read_by_desktop_at: sent.readAt.desktop,
    read_by_code_at: sent.readAt.code,
  };
}
