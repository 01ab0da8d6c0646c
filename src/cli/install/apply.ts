/** Does what was planned. */
import { chown, copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { done, type Reply } from '../../bridge/bridge.ts';
import { writeEnvironmentFile } from '../../machine/service/environment-file.ts';
import { prepareHome } from '../home.ts';
import type { Plan } from './plan.ts';
import type { Target } from './target.ts';

/** Writes and registers; starts and stops nothing. Throws ServiceError when the manager refuses. */
export async function apply({ target, environment, definition }: Plan): Promise<Reply<void>> {
  const { stateFolder, manager } = target;
  const wasThere = await isThere(stateFolder);
  const prepared = await prepareHome(stateFolder);
  if (!prepared.ok) return prepared;
  if (!wasThere) await giveTo(target, stateFolder, join(stateFolder, 'config.schema.json'));

  const { path, before, after } = environment;
  if (before !== after) {
    if (before !== null) await keep(target, path);
    await writeEnvironmentFile(path, after);
    await giveTo(target, path);
  }
  await manager.install(definition);
  return done(undefined);
}

/** The former file is the person's work. */
async function keep(target: Target, path: string): Promise<void> {
  const backup = `${path}.bak`;
  await copyFile(path, backup);
  await giveTo(target, backup);
}

/** What root writes for somebody else, that one could not read. */
async function giveTo({ isForeign, account }: Target, ...paths: readonly string[]): Promise<void> {
  if (!isForeign) return;
  for (const path of paths) if (await isThere(path)) await chown(path, account.uid, account.gid);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
