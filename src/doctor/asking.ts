/** Whether this Claude Code can ask a person about a call, where a policy says so. */
import { claudeEnvironment } from '../claude/environment.ts';
import { BLOCKS_ON_HOOK_FAILURE_SINCE, canAsk, claudeVersion } from '../claude/version.ts';
import type { Config } from '../config.ts';
import { asksPerson, policyOf } from '../project/policy.ts';
import { namedWorkspaces } from '../project/workspace.ts';
import { type FindingFacts, ok, skipped, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

const SUBJECT = 'permissions';

export async function checkAsking(context: DoctorContext): Promise<FindingFacts> {
  const config = await context.config();
  const { env } = await context.supervisorEnv();
  const marked = claudeEnvironment(env, { id: 'doctor', projectId: '' });
  const version = await claudeVersion(await context.claude(), marked, context.run);
  if (version === undefined) return skipped(SUBJECT, 'Claude Code does not report its version.');
  const where = whereAsked(config);
  const asks =
    where.length === 0 ? 'no policy asks you about a call' : `asks you about calls in ${where.join(', ')}`;
  if (canAsk(version))
    return ok(
      SUBJECT,
      `Claude Code ${version} can wait for your decision, and makes no call when the gate fails; ${asks}`,
    );
  const cannot = `Claude Code ${version} makes a call when the gate fails, which ${BLOCKS_ON_HOOK_FAILURE_SINCE} does not, so it asks you about none`;
  if (where.length === 0) return ok(SUBJECT, `${cannot}; ${asks}`);
  return warning(SUBJECT, `${cannot}: what the policy asks about is denied in ${where.join(', ')}.`, {
    hint: 'claude update',
  });
}

/** The workspaces in which a policy asks, and every other folder. */
function whereAsked(config: Config): string[] {
  const named = namedWorkspaces(config.workspaces).filter(({ settings }) =>
    asksPerson(policyOf(settings.policy, config)),
  );
  const others = asksPerson(policyOf(undefined, config)) ? ['every other folder'] : [];
  return [...named.map(({ name }) => name), ...others];
}
