/** How a repository was before the first run of a project, kept in the measure dir: a run may change what no diff shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, type Fingerprint } from '../../git/fingerprint.ts';
import { writeAtomically } from '../../machine/atomic-file.ts';
import type { Worktree } from '../../project/worktree.ts';

const NAME = 'fingerprint.json';

export async function keepFingerprint(measureDir: string, fingerprint: Fingerprint): Promise<void> {
  await writeAtomically(join(measureDir, NAME), JSON.stringify(fingerprint), 0o600);
}

/** Null when none was kept. */
export async function keptFingerprint(measureDir: string): Promise<Fingerprint | null> {
  const text = await readFile(join(measureDir, NAME), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Fingerprint);
}

/** As the store has it. */
export function digestsOf({
  config,
  files,
  hooks,
  refs,
}: Fingerprint): Pick<Worktree, 'configDigest' | 'refsDigest'> {
  const parts = { config: digestOf(config), files: digestOf(files), hooks: digestOf(hooks) };
  return { configDigest: digestOf(parts), refsDigest: digestOf(refs) };
}
