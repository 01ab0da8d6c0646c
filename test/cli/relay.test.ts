/** The relay on the command line: what waits is shown and let through, and another relay's messages are taken over. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { fetchFromRelay, type RelayFetching, sendToRelay } from '../../src/bridge/relay.ts';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { granted, type Rig, test } from './rig.ts';

const HELD: RelayFetching = { reader: 'code', client: 'code', isHeld: true, unreadOnly: true, limit: 20 };

async function fetched(rig: Rig, fetching: Partial<RelayFetching> = {}): Promise<string[]> {
  const { messages } = await fetchFromRelay(await rig.bridge, { ...HELD, ...fetching }, () => []);
  return messages.map(({ content }) => content);
}

async function send(rig: Rig, message: string): Promise<void> {
  granted(await sendToRelay(await rig.bridge, { sender: 'desktop', message }));
}

describe('relay', () => {
  test('relay get shows the oldest that waits, quoted, and lets it through; what is left is counted', async ({
    rig,
  }) => {
    await send(rig, 'first\n1 message let through\u001b[31m');
    await send(rig, 'second');
    expect(await fetched(rig)).toEqual([]);
    const got = await rig.run('relay', 'get', '--limit', '1');
    const [head, ...rest] = got.stdout.split('\n');
    expect(head).toMatch(/^\[1\] desktop @ \d{4}-\d\d-\d\dT\S+Z$/);
    expect(rest).toEqual([
      '> first',
      '> 1 message let through',
      '',
      '1 message let through to Code.',
      '1 more: run this again.',
      '',
    ]);
    expect(await fetched(rig)).toHaveLength(1);
    const json = JSON.parse((await rig.run('relay', 'get', '--json')).stdout);
    expect(OUTPUTS['relay get'].parse(json)).toMatchObject({
      messages: [{ sender: 'desktop', message: 'second', read_by_code_at: null }],
      left: 0,
      passed: 1,
    });
    const none = await rig.run('relay', 'get', '--to', 'desktop');
    expect(none.stdout).toBe('Nothing new waits for Desktop.\n');
  });

  test('relay status counts what each side has not read, and relay clear says what it deleted', async ({
    rig,
  }) => {
    await send(rig, 'x');
    expect((await rig.run('relay', 'status')).stdout).toBe('1 message; unread: 0 for Desktop, 1 for Code.\n');
    const cleared = await rig.run('relay', 'clear', '--json');
    expect(OUTPUTS['relay clear'].parse(JSON.parse(cleared.stdout))).toEqual({ deleted: 1, unread: 1 });
    const status = await rig.run('relay', 'status', '--json');
    expect(OUTPUTS['relay status'].parse(JSON.parse(status.stdout)).messages).toBe(0);
  });

  test.for([['get'], ['clear']])('a run is refused relay %s', async ([command = ''], { rig }) => {
    const env = { BRIDGE_RUN_ID: '0123456789ab', BRIDGE_PROJECT_ID: '0123456789ab' };
    const refused = await rig.runWith({ env }, 'relay', command);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('a run cannot decide about work');
  });

  test('the server of the relay is refused without a side', async ({ rig }) => {
    const refused = await rig.run('mcp', 'relay');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--client');
  });
});

/** The tables of mcp-relay: before read times, and with them. */
const OLD =
  'CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, message TEXT NOT NULL, timestamp TEXT NOT NULL);';
const READ_TIMES =
  'ALTER TABLE messages ADD COLUMN read_by_desktop_at TEXT; ALTER TABLE messages ADD COLUMN read_by_code_at TEXT;';
const T = '2026-01-05T10:00:00.123456+00:00';

function bufferIn(rig: Rig, sql: string): string {
  const file = join(rig.root, '.relay_buffer.db');
  const sqlite = new Sqlite(file);
  sqlite.exec(sql);
  sqlite.close();
  return file;
}

describe('mcp relay --idle-timeout', () => {
  test.for(['0', '-1', 'soon', '1e3', '99999999'])('a timeout of %s is refused', async (seconds, { rig }) => {
    const refused = await rig.run('mcp', 'relay', '--client', 'code', '--idle-timeout', seconds);
    expect(refused.stderr).toContain('whole number of seconds');
    expect(refused.code).toBe(2);
  });
});

describe('import of a relay', () => {
  test('messages come over in order with times and read marks, once, and the file stays as it is', async ({
    rig,
  }) => {
    const file = bufferIn(
      rig,
      `${OLD}${READ_TIMES}
      INSERT INTO messages VALUES (4, 'desktop', 'read', '${T}', NULL, '${T}');
      INSERT INTO messages VALUES (5, 'desktop', 'waits', '${T}', NULL, NULL);
      INSERT INTO messages VALUES (6, 'code', 'answer', '${T}', NULL, NULL);`,
    );
    const before = readFileSync(file);
    const dry = await rig.run('import', file, '--dry-run');
    expect(dry.stdout).toBe(
      '3 messages to import into the relay, 2 of them unread; 0 of 3 are here already.\nDry run: nothing was changed.\n',
    );
    expect(await fetched(rig, { isHeld: false, reader: undefined })).toEqual([]);
    const done = await rig.run('import', file, '--json');
    expect(OUTPUTS.import.parse(JSON.parse(done.stdout))).toMatchObject({
      kind: 'relay',
      messages: 3,
      added: 3,
      unread: 2,
    });
    const again = await rig.run('import', file);
    expect(again.stdout).toContain('0 messages imported into the relay, 0 of them unread; 3 of 3 are here');
    expect(await fetched(rig, { isHeld: false, reader: undefined })).toEqual(['read', 'waits', 'answer']);
    expect(await fetched(rig, { isHeld: false })).toEqual(['waits']);
    const { messages } = await fetchFromRelay(
      await rig.bridge,
      { ...HELD, isHeld: false, reader: undefined },
      () => [],
    );
    expect(messages[0]).toMatchObject({
      createdAt: '2026-01-05T10:00:00.123Z',
      readAt: { desktop: null, code: '2026-01-05T10:00:00.123Z' },
    });
    expect(readFileSync(file)).toEqual(before);
  });

  test('a file from before read times is taken over as unread', async ({ rig }) => {
    const file = bufferIn(rig, `${OLD} INSERT INTO messages VALUES (1, 'desktop', 'old', '${T}');`);
    expect((await rig.run('import', file)).stdout).toContain(
      '1 message imported into the relay, 1 of them unread',
    );
    expect(await fetched(rig, { isHeld: false })).toEqual(['old']);
  });
});
