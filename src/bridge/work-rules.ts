import { absolutePath } from '../home-path.ts';
import { isOutline, rulesOfOutline } from '../project/outline.ts';
import { narrowed } from '../project/policy.ts';
import type { Project } from '../project/project.ts';
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

/** What the owner says about the work of a project, less what its plan asked to leave out or to narrow. */
export function projectRules(policy: RulesPolicy, project: Project): WorkRules {
  const { rules } = rulesAt(policy, project.place, project.workspace);
  const { checks: names, onApprove, maxTurns, timeoutMs } = project;
  // The owner may have changed the configuration since. Names that are gone leave nothing out.
  const isKnown = (name: string) => rules.checks.some((check) => check.name === name);
  const checks = names?.every(isKnown)
    ? rules.checks.filter(({ name }) => names.includes(name))
    : rules.checks;
  const asked: WorkRules = {
    ...rules,
    checks,
    onApprove: onApprove === 'branch' ? 'branch' : rules.onApprove,
    policy: narrowed(rules.policy, project),
    maxTurns: least(maxTurns, rules.maxTurns),
    runTimeoutMs: least(timeoutMs, rules.runTimeoutMs),
  };
  return isOutline(project) ? rulesOfOutline(asked) : asked;
}

/** Null, for each: no limit. */
function least(...limits: readonly (number | null)[]): number | null {
  const given = limits.filter((limit) => limit !== null);
  return given.length === 0 ? null : Math.min(...given);
}
