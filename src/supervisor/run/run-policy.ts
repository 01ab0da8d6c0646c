/** What Claude may do in a run. */
import { projectRules } from '../../bridge/work-rules.ts';
import { canAsk, claudeVersion } from '../../claude/version.ts';
import type { Environment } from '../../environment.ts';
import { askingNobody, asksPerson, type Policy } from '../../project/policy.ts';
import type { Project } from '../../project/project.ts';
import type { Context } from '../context.ts';

/** The policy for the runs of a project under this program: with one that cannot ask, what would be asked is denied. */
export async function runPolicy(
  { config }: Context,
  program: string,
  project: Project,
  env: Environment,
): Promise<Policy> {
  const { policy } = projectRules(config, project);
  if (!asksPerson(policy)) return policy;
  const version = await claudeVersion(program, env);
  return version !== undefined && canAsk(version) ? policy : askingNobody(policy);
}
