/** What Claude may do in a run. */
import { allowedRules } from '../../bridge/allowed-rules.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { canAsk, claudeVersion } from '../../claude/version.ts';
import type { Environment } from '../../environment.ts';
import { isOutline, readingOnly } from '../../project/outline.ts';
import { allowing, askingNobody, asksPerson, type Policy } from '../../project/policy.ts';
import type { Project } from '../../project/project.ts';
import type { Context } from '../context.ts';

/**
 * The policy for the runs of a project under this program, with what a person has allowed at its reviews; for an outline only
 * reading. With one that cannot ask, what would be asked is denied.
 */
export async function runPolicy(
  { bridge, config }: Context,
  program: string,
  project: Project,
  env: Environment,
): Promise<Policy> {
  const allowed = await allowedRules(bridge, project.id);
  const policy = allowing(projectRules(config, project).policy, allowed);
  if (isOutline(project)) return readingOnly(policy);
  if (!asksPerson(policy)) return policy;
  const version = await claudeVersion(program, env);
  return version !== undefined && canAsk(version) ? policy : askingNobody(policy);
}
