import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openBridge } from '../src/bridge/bridge.ts';
import { systemClock } from '../src/clock.ts';
import { openNewBridge } from './new-store.ts';
import { onWindows } from './platform.ts';
import { schemaText } from './store/dump.ts';
import { rowsOf, storeFile, tamper } from './store/raw.ts';

async function folder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'new-store-'));
  onTestFinished(() => rm(root, { recursive: true }));
  return join(root, 'state');
}

function schemaOf(home: string): string {
  const sqlite = new Sqlite(storeFile(home), { readonly: true });
  try {
    return schemaText(sqlite);
  } finally {
    sqlite.close();
  }
}

test('a store that a test is given is what the program makes, but for its id, which no other has', async () => {
  const homes = [await folder(), await folder(), await folder()];
  const [given = '', another = '', made = ''] = homes;
  for (const home of [given, another]) await (await openNewBridge(home, systemClock)).close();
  await (await openBridge(made, systemClock)).close();
  expect(schemaOf(given)).toBe(schemaOf(made));
  const metas = homes.map((home) => rowsOf(home, 'meta')[0]);
  for (const meta of metas)
    expect(meta).toEqual({ ...metas[2], store_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(new Set(metas.map((meta) => meta?.store_id)).size).toBe(3);
  for (const home of homes) {
    const modes = [home, storeFile(home)].map((path) => (statSync(path).mode & 0o777).toString(8));
    if (!onWindows) expect(modes).toEqual(['700', '600']);
  }
  expect(readFileSync(storeFile(given)).length).toBe(readFileSync(storeFile(made)).length);
});

test('a store that is there is opened as it is', async () => {
  const home = await folder();
  await (await openNewBridge(home, systemClock)).close();
  tamper(home, "UPDATE meta SET store_id = 'kept'");
  await (await openNewBridge(home, systemClock)).close();
  expect(rowsOf(home, 'meta')).toMatchObject([{ store_id: 'kept' }]);
});
