/** The difference of two trees as a patch for people, in a file. */
import type { Environment } from '../environment.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { measureGit } from './measure-dir.ts';
import { DIFF, type DiffFailure, type DiffOptions, diffFailure, TEXT } from './tree-diff.ts';

export interface PatchPlan {
  readonly from: string;
  readonly to: string;
  readonly file: string;
  /** A longer patch is cut at the end of a line. */
  readonly maxBytes: number;
}

export interface WrittenPatch {
  readonly kind: 'written';
  /** Of the file. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/** Writes the patch; its names and contents are what a model wrote. Throws the system's error for the file. */
export async function writePatch(
  measureDir: string,
  { from, to, file, maxBytes }: PatchPlan,
  env: Environment,
  options: DiffOptions = {},
): Promise<WrittenPatch | DiffFailure> {
  const words = ['diff-tree', '-r', '-p', ...DIFF, '--src-prefix=a/', '--dst-prefix=b/', from, to];
  const made = await measureGit(measureDir, null, env)(words, { ...options, maxBytes, config: TEXT });
  const truncated = made.failure === 'too-long';
  if (made.code !== 0 && !truncated) return diffFailure(made);
  const patch = truncated ? made.stdout.subarray(0, made.stdout.lastIndexOf('\n') + 1) : made.stdout;
  await writeAtomically(file, patch, 0o600);
  return { kind: 'written', bytes: patch.length, truncated };
}
