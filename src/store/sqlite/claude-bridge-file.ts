/**
 * The database of Claude Bridge (schemas of 0.7 to 1.2: https://github.com/constripacity/Claude-Bridge), read and never
 * written: its messages, the keys under which they were sent, and how far its consumers have come.
 */

import { existsSync, statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { ok, type Result, refuse } from '../../result.ts';
import { isOurs } from './migrate.ts';
import { openSqlite, translating } from './open-sqlite.ts';
import { columnsOf } from './tables.ts';

export interface ForeignMessage {
  readonly seq: number;
  readonly id: string;
  readonly channel: string;
  readonly sender: string;
  readonly content: string;
  readonly timestamp: string;
  /** The key under which it was sent; null: none. */
  readonly key: string | null;
}

export interface ForeignReader {
  readonly reader: string;
  readonly channel: string;
  /** The newest message that it has acknowledged and that is still there; null: none is. */
  readonly messageId: string | null;
  readonly metadata: string;
}

export interface ClaudeBridgeFile {
  /** How many messages it has, and how many bytes they take. */
  readonly totals: { readonly messages: number; readonly bytes: number };
  /** The next messages after a number, in order. */
  messagesAfter(seq: number, limit: number): ForeignMessage[];
  readers(): ForeignReader[];
  close(): void;
}

/** Opens such a file for reading; refused when it is none. Throws StoreError. */
export function openClaudeBridge(file: string): Result<ClaudeBridgeFile> {
  if (!existsSync(file)) return refuse(`there is no file ${file}.`);
  if (!statSync(file).isFile()) return refuse(`${file} is not a file.`);
  const sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
  const columns = readableColumns(sqlite);
  if (columns === undefined) return refuse(`${file} is not an SQLite database, or it is damaged.`);
  if (isOurs(sqlite)) {
    sqlite.close();
    return refuse(
      `${file} is a store of bridge-supervisor itself. To work from it, put it in its place: bridge-supervisor restore ${file}`,
    );
  }
  const missing = MESSAGE_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    sqlite.close();
    return refuse(
      `${file} is no database of Claude Bridge: its table 'messages' lacks ${missing.join(', ')}.`,
    );
  }
  return ok(reading(file, sqlite));
}

/** Undefined, and closed, when the file cannot be read as a database. */
function readableColumns(sqlite: Sqlite.Database): string[] | undefined {
  try {
    return columnsOf(sqlite, 'messages');
  } catch {
    sqlite.close();
    return undefined;
  }
}

const MESSAGE_COLUMNS = ['seq', 'id', 'channel', 'sender', 'content', 'timestamp'];

function reading(file: string, sqlite: Sqlite.Database): ClaudeBridgeFile {
  const hasKeys = columnsOf(sqlite, 'bridge_idempotency').includes('message_id');
  const hasReaders = columnsOf(sqlite, 'bridge_consumer_cursors').includes('last_seq');
  const key = hasKeys
    ? "(SELECT idempotency_key FROM bridge_idempotency WHERE message_id = messages.id AND state = 'committed' LIMIT 1)"
    : 'NULL';
  const messages = sqlite.prepare(
    `SELECT seq, CAST(id AS TEXT) AS id, CAST(channel AS TEXT) AS channel, CAST(sender AS TEXT) AS sender,
       CAST(content AS TEXT) AS content, CAST(timestamp AS TEXT) AS timestamp, ${key} AS key
     FROM messages WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return {
    totals: translating(
      file,
      () =>
        sqlite
          .prepare(
            'SELECT count(*) AS messages, ifnull(sum(length(CAST(content AS BLOB))), 0) AS bytes FROM messages',
          )
          .get() as ClaudeBridgeFile['totals'],
    ),
    messagesAfter: (seq, limit) => translating(file, () => messages.all(seq, limit) as ForeignMessage[]),
    readers: () =>
      hasReaders ? translating(file, () => sqlite.prepare(READERS).all() as ForeignReader[]) : [],
    close: () => sqlite.close(),
  };
}

const READERS = `SELECT consumer_id AS reader, channel, metadata_json AS metadata,
    (SELECT id FROM messages WHERE messages.channel = cursors.channel AND seq <= last_seq
      ORDER BY seq DESC LIMIT 1) AS messageId
  FROM bridge_consumer_cursors AS cursors ORDER BY consumer_id, channel`;
