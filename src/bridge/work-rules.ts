import { absolutePath } from '../home-path.ts';
import { type SharedRules, type WorkRules, workRules } from '../project/work-rules.ts';
import { namedWorkspaces } from '../project/workspace.ts';
import { realPath, type WorkspacePolicy } from './workspaces.ts';

export type RulesPolicy = WorkspacePolicy & SharedRules;

/**
 * The owner's rules for work that asks for `wanted` (null: the default) and is done for the folder at `path`: those of the
 * workspace of that name, if it still leads there, else of another one that does, else those of every folder. The name is
 * for a sentence.
 */
export function rulesAt(
  policy: RulesPolicy,
  wanted: string | null,
  path: string,
): { readonly name: string; readonly rules: WorkRules } {
  const here = namedWorkspaces(policy.workspaces).filter(
    (one) => realPath(absolutePath(one.path)) === realPath(path),
  );
  const meant = wanted ?? policy.workspace;
  const found = here.find(({ name }) => name === meant) ?? here[0];
  return { name: found?.name ?? path, rules: workRules(found?.settings, policy) };
}
