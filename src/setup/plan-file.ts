/** Plans the change of one JSON file, or refuses with the reason why it stays as it is. */

import { ok, type Result, refuse } from '../result.ts';
import type { FilePlan } from './change.ts';
import { type JsonFile, openJsonFile } from './json-file.ts';
import { jsonProblem } from './json-problem.ts';
import type { JsonPath } from './json-text.ts';

/**
 * @param paths What may be changed in it.
 * @param obstacle Why it must not be changed, from its text; null: it may.
 */
export async function planFile(
  path: string,
  paths: readonly JsonPath[],
  change: (file: JsonFile) => Promise<FilePlan>,
  obstacle: (text: string) => string | null = () => null,
): Promise<Result<FilePlan>> {
  const opened = await openJsonFile(path);
  const problem = opened.ok
    ? (jsonProblem(opened.value.text, paths) ?? obstacle(opened.value.text))
    : opened.refusal;
  if (!opened.ok || problem !== null)
    return refuse(`${path} was not changed: ${problem}. Correct that, then run setup again.`);
  return ok(await change(opened.value));
}
