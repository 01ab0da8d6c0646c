/** A shared folder beside a secret that must stay one. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SharedFolder } from '../../src/folder/shared-folder.ts';
import type { Result } from '../../src/result.ts';

export interface Place {
  readonly root: SharedFolder;
  /** The path of an entry of the shared folder. */
  at(name: string): string;
  /** A folder beside the shared one. */
  readonly outside: string;
  /** A file in it. */
  readonly secret: string;
}

/** Gone when the test is over. */
export function sharedPlace(): Place {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-folder-')));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const [shared, outside] = [join(top, 'shared'), join(top, 'shared-secrets')];
  mkdirSync(shared);
  mkdirSync(outside);
  const secret = join(outside, 'secret.txt');
  writeFileSync(secret, 'top secret');
  return { root: { path: shared, real: shared }, at: (name) => join(shared, name), outside, secret };
}

export function granted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.refusal);
  return result.value;
}

export function refusalOf(result: Result<unknown>): string {
  if (result.ok) throw new Error('it was not refused');
  return result.refusal;
}
