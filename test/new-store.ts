/**
 * The store of a new state folder. The migrations run once for all tests of a run (global-setup.ts) instead of for each:
 * they take ten times as long as all else that opening a new store does.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Bridge, openBridge } from '../src/bridge/bridge.ts';
import { systemClock } from '../src/clock.ts';
import { makePrivateFolder } from '../src/make-folder.ts';
import { storeFile, tamper } from './store/raw.ts';

/** Makes, in this folder, the store that others are copied from, and tells the processes that are started from now on. */
export async function makeTemplate(folder: string): Promise<void> {
  await (await openBridge(folder, systemClock)).close();
  tamper(folder, 'UPDATE meta SET store_id = ?', TEMPLATE_ID);
  process.env[TEMPLATE] = storeFile(folder);
}

const TEMPLATE = 'EMPTY_STORE';
const TEMPLATE_ID = '~of-a-template~~';

/** Opens a state folder as `openBridge` does; one without a store is first given an empty one with an id of its own. */
export function openNewBridge(home: string, ...more: Tail<Parameters<typeof openBridge>>): Promise<Bridge> {
  const template = process.env[TEMPLATE];
  if (template !== undefined && !existsSync(storeFile(home))) {
    makePrivateFolder(home);
    writeFileSync(storeFile(home), copyOf(template), { mode: 0o600 });
  }
  return openBridge(home, ...more);
}

type Tail<T> = T extends [unknown, ...infer Rest] ? Rest : never;

let bytes: Buffer | undefined;

function copyOf(template: string): Buffer {
  bytes ??= readFileSync(template);
  const copy = Buffer.from(bytes);
  const id = randomBytes(TEMPLATE_ID.length / 2).toString('hex');
  copy.write(id, copy.indexOf(TEMPLATE_ID));
  return copy;
}
