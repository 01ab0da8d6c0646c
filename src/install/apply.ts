/** Does what was planned. */

import type { Result } from '../result.ts';
import type { InstallPlan } from './plan.ts';

/** Writes and registers; starts and stops nothing. Throws ServiceError when the manager refuses. */
export async function apply({
  target,
  steps,
  environment,
  env,
  definition,
}: InstallPlan): Promise<Result<void>> {
  const { before, after } = environment;
  const prepared = await steps.prepare(env, before === after ? null : after);
  if (prepared.ok) await target.manager.install(definition);
  return prepared;
}
