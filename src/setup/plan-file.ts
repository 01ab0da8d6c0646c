/** From a path to what its file would become, or to why it must stay as it is. */
import type { FileChange } from './change.ts';
import { type JsonFile, openJsonFile } from './json-file.ts';
import { jsonProblem } from './json-problem.ts';
import type { JsonPath } from './json-text.ts';

export type Planned<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** @param paths What may be changed in it. */
export async function planFile(
  path: string,
  paths: readonly JsonPath[],
  change: (file: JsonFile) => Promise<FileChange>,
): Promise<Planned<FileChange>> {
  const opened = await openJsonFile(path);
  const problem = opened.ok ? jsonProblem(opened.file.text, paths) : opened.problem;
  if (!opened.ok || problem !== null)
    return {
      ok: false,
      problem: `${path} is left as it is: ${problem}. Correct that, then run setup again.`,
    };
  return { ok: true, value: await change(opened.file) };
}
