import type { Environment } from '../environment.ts';
import { reasonOf } from './git.ts';
import { measureGit } from './measure-dir.ts';

/** Names a commit of a measure dir by a ref there. Throws when git refuses. */
export async function keepCommit(
  measureDir: string,
  ref: string,
  commit: string,
  env: Environment,
): Promise<void> {
  const kept = await measureGit(measureDir, null, env)(['update-ref', ref, commit]);
  if (kept.code !== 0) throw new Error(`git does not keep ${commit} as ${ref}: ${reasonOf(kept)}`);
}
