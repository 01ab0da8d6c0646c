/** What the owner wants of a reviewer: whether it can be. */
import { capitalize } from '../characters.ts';
import { type FindingFacts, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';

/** Nothing where nothing stands against it. */
export function checkReview(context: DoctorContext, { name, path, rules }: WorkspaceFolder): FindingFacts[] {
  if (rules.review?.repair !== true || rules.repairs > 0) return [];
  return [
    warning(path, `${capitalize(name)}: 'review.repair' has no effect, since 'repairs' is 0.`, {
      hint: `Raise 'repairs' or remove 'repair' in config.json, then run: ${context.applyCommand}`,
    }),
  ];
}
