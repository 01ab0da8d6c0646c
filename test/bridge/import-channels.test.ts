import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { acknowledgeMessage } from '../../src/bridge/acknowledge-message.ts';
import { importChannels } from '../../src/bridge/import-channels.ts';
import { readChannel } from '../../src/bridge/read-channel.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { openClaudeBridge } from '../../src/store/sqlite/claude-bridge-file.ts';
import { createRig, type Rig } from '../rig.ts';

const NO_LIMITS = { keepDays: 0, keepMessages: 0, keepMb: 0 };

/** The tables of Claude Bridge 0.7, which has messages alone, and of 1.2. */
const OLD = `CREATE TABLE messages (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL,
  sender TEXT NOT NULL, content TEXT NOT NULL, timestamp TEXT NOT NULL);`;
const NEW = `${OLD}
CREATE TABLE bridge_schema_components (component TEXT PRIMARY KEY, version INTEGER NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE bridge_idempotency (channel TEXT NOT NULL, sender TEXT NOT NULL, idempotency_key TEXT NOT NULL,
  payload_sha256 TEXT NOT NULL, state TEXT NOT NULL, message_id TEXT, message_seq INTEGER, created_at TEXT NOT NULL,
  expires_at TEXT, PRIMARY KEY (channel, sender, idempotency_key));
CREATE TABLE bridge_consumer_cursors (consumer_id TEXT NOT NULL, channel TEXT NOT NULL, last_seq INTEGER NOT NULL,
  last_message_id TEXT, updated_at TEXT NOT NULL, metadata_json TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (consumer_id, channel));`;

const T = '2026-08-18T10:00:00.123456Z';

function fileWith(rig: Rig, schema: string, sql = ''): string {
  const file = join(rig.workspace, 'claude-bridge.db');
  const sqlite = new Sqlite(file);
  sqlite.exec(schema + sql);
  sqlite.close();
  return file;
}

const ROWS = `
INSERT INTO messages VALUES (3, 'm3', 'shop:build', 'alice', 'one', '${T}');
INSERT INTO messages VALUES (5, 'm5', 'other', 'bob', '{"a":1}', '2026-08-18 10:00:01');
INSERT INTO messages VALUES (9, 'm9', 'shop:build', 'alice', 'two', '2026-08-18T12:00:02+02:00');`;
const MORE = `
INSERT INTO bridge_idempotency VALUES ('shop:build', 'alice', 'k', '${'0'.repeat(64)}', 'committed', 'm3', 3, '${T}', NULL);
INSERT INTO bridge_idempotency VALUES ('shop:build', 'alice', 'p', '${'0'.repeat(64)}', 'pending', NULL, NULL, '${T}', '${T}');
INSERT INTO bridge_consumer_cursors VALUES ('carol', 'shop:build', 4, 'gone', '${T}', '{"at":1}');
INSERT INTO bridge_consumer_cursors VALUES ('dave', 'shop:build', 0, NULL, '${T}', '{}');`;

async function imported(rig: Rig, file: string, isDry = false, limits = NO_LIMITS) {
  const opened = openClaudeBridge(file);
  if (!opened.ok) throw new Error(opened.refusal);
  const done = await importChannels(rig.bridge, opened.value, limits, isDry);
  opened.value.close();
  return done;
}

describe('import of a database of Claude Bridge', () => {
  test('messages come with their ids, times, order and keys, and readers with their place', async () => {
    await using rig = await createRig();
    const file = fileWith(rig, NEW, ROWS + MORE);
    expect(await imported(rig, file)).toEqual({
      ok: true,
      value: { messages: 3, added: 3, channels: 2, renamed: 0, withoutKey: 0, readers: 1 },
    });
    expect(
      rig.rowsOf('channel_messages').map(({ id, content, created_at }) => [id, content, created_at]),
    ).toEqual([
      ['m3', 'one', '2026-08-18T10:00:00.123Z'],
      ['m5', '{"a":1}', '2026-08-18T10:00:01.000Z'],
      ['m9', 'two', '2026-08-18T10:00:02.000Z'],
    ]);
    const unread = await readChannel(rig.bridge, {
      channel: 'shop:build',
      reader: 'carol',
      limit: 9,
      maxBytes: 1e6,
    });
    expect(unread).toMatchObject({ value: { messages: [{ id: 'm9' }] } });
    const retry = { channel: 'shop:build', sender: 'alice', content: 'one', key: 'k' };
    expect(await sendToChannel(rig.bridge, retry)).toMatchObject({
      value: { deduplicated: true, message: { id: 'm3' } },
    });
  });

  test('an import that is made again adds only what is new, and takes no reader back', async () => {
    await using rig = await createRig();
    const file = fileWith(rig, NEW, ROWS + MORE);
    await imported(rig, file);
    await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'carol', messageId: 'm9' });
    const sqlite = new Sqlite(file);
    sqlite.exec(`INSERT INTO messages VALUES (10, 'm10', 'other', 'bob', 'later', '${T}')`);
    sqlite.close();
    expect(await imported(rig, file)).toMatchObject({ value: { messages: 4, added: 1, readers: 0 } });
    expect(await imported(rig, file)).toMatchObject({ value: { messages: 4, added: 0, readers: 0 } });
    expect(rig.rowsOf('readers')).toMatchObject([{ reader: 'carol', message_id: 'm9' }]);
  });

  test('a dry run counts and changes nothing, neither here nor there', async () => {
    await using rig = await createRig();
    const file = fileWith(rig, OLD, ROWS);
    const before = readFileSync(file);
    expect(await imported(rig, file, true)).toMatchObject({ value: { messages: 3, added: 3, channels: 2 } });
    expect(rig.rowsOf('channel_messages')).toEqual([]);
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(rig.workspace).filter((name) => name.startsWith('claude-bridge'))).toEqual([
      'claude-bridge.db',
    ]);
  });

  test('names that no tool takes are cleaned, and a key that is taken here is left out, but no message is', async () => {
    await using rig = await createRig();
    await sendToChannel(rig.bridge, {
      channel: 'shop:build',
      sender: 'alice',
      content: 'mine',
      key: 'k',
    });
    const odd =
      "INSERT INTO messages VALUES (11, 'm11', char(7) || 'odd' || char(10) || 'name', '', 'x', 'never');";
    const file = fileWith(rig, NEW, ROWS + MORE + odd);
    expect(await imported(rig, file)).toMatchObject({ value: { added: 4, renamed: 1, withoutKey: 1 } });
    expect(rig.rowsOf('channel_messages').find(({ id }) => id === 'm11')).toMatchObject({
      channel: 'odd name',
      sender: 'imported',
    });
  });

  test('an import that would not be kept is refused, with the key to change', async () => {
    await using rig = await createRig();
    const file = fileWith(rig, OLD, ROWS);
    const few = await imported(rig, file, false, { ...NO_LIMITS, keepMessages: 2 });
    expect(few).toMatchObject({ ok: false, refusal: expect.stringContaining('channels.keep_messages') });
    const small = await imported(rig, file, false, { ...NO_LIMITS, keepMb: 0.000_001 });
    expect(small).toMatchObject({ ok: false, refusal: expect.stringContaining('channels.keep_mb') });
    expect(rig.rowsOf('channel_messages')).toEqual([]);
  });

  test('a file of another kind is refused with what it lacks, and not made', async () => {
    await using rig = await createRig();
    const other = fileWith(rig, 'CREATE TABLE messages (id TEXT);');
    expect(openClaudeBridge(other)).toMatchObject({
      refusal: expect.stringContaining("'messages' lacks seq"),
    });
    const text = join(rig.workspace, 'text.db');
    writeFileSync(text, 'hello '.repeat(1_000));
    expect(openClaudeBridge(text)).toMatchObject({
      refusal: expect.stringContaining('not an SQLite database'),
    });
    const none = join(rig.workspace, 'none.db');
    expect(openClaudeBridge(none)).toMatchObject({ refusal: expect.stringContaining('there is no file') });
    expect(existsSync(none)).toBe(false);
    expect(openClaudeBridge(rig.workspace)).toMatchObject({ refusal: expect.stringContaining('not a file') });
  });
});
