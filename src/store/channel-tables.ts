/** The tables of the channels, as Kysely sees them. */
import type { Generated } from 'kysely';

export interface ChannelTables {
  /** What agents say to each other. */
  channel_messages: {
    /** Gives the order, and never comes again. */
    number: Generated<number>;
    id: string;
    channel: string;
    sender: string;
    /** Of the content, in UTF-8. */
    bytes: number;
    /** As it was sent. */
    content: string;
    dedupe_key: string | null;
    /** SHA-256 of the content, in hex; null without a key. */
    content_hash: string | null;
    created_at: string;
    /** When it came into this store. */
    stored_at: string;
  };
  /** Up to which message a reader has acknowledged a channel. */
  readers: {
    reader: string;
    channel: string;
    number: number;
    message_id: string | null;
    /** An object as JSON. */
    metadata: string;
    updated_at: string;
    /** How many messages aged out before it has acknowledged them, and when the last of them did. */
    dropped: Generated<number>;
    dropped_at: Generated<string | null>;
  };
  /** Single messages that a reader has read. */
  reads: { reader: string; number: number; read_at: string };
}
