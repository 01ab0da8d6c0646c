import { rulesAt } from '../../bridge/work-rules.ts';
import type { Project } from '../../project/project.ts';
import type { WorkRules } from '../../project/work-rules.ts';
import type { Context } from '../context.ts';

/** What the owner says about the work of a project, as far as its plan does not ask for less. */
export function rulesFor({ config }: Pick<Context, 'config'>, project: Project): WorkRules {
  const { rules } = rulesAt(config, project.place, project.workspace);
  return rules;
}
