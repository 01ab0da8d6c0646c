/** Runs the owner's checks on a merge, in the work tree of the project, which is then as it was before. */
import { join } from 'node:path';
import type { ToLand } from '../../bridge/landings.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { endLeftCommand } from '../../evidence/command.ts';
import { runOwnersChecks } from '../../evidence/make-evidence.ts';
import { putBack, putTree } from '../../git/put-tree.ts';
import { hasPassed } from '../../project/measured.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import { inQuotes } from '../../project/quotation.ts';
import { evidenceFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { remakeLost } from '../place/place.ts';
import { commandSandbox } from '../sandbox.ts';
import { checkScope, checksPlan } from '../verify/check-scope.ts';

type CheckedMerge =
  | { readonly kind: 'green' | 'stopped' }
  | { readonly kind: 'red'; readonly failed: readonly string[] }
  | { readonly kind: 'failed'; readonly detail: string };

export async function checkMerge(
  context: Context,
  { project, worktree, evidence, decision }: ToLand,
  tree: string,
  stop: AbortSignal,
): Promise<CheckedMerge> {
  const { bridge, env } = context;
  const rules = projectRules(context.config, project);
  if (rules.checks.length === 0) return { kind: 'green' };
  const { measureDir, path, subdir } = worktree;
  const folder = join(path, subdir);
  if (evidence?.runId) {
    const run = { id: evidence.runId, workspace: folder };
    const remade = await remakeLost(context, { project, run }, worktree, stop);
    if (stop.aborted) return { kind: 'stopped' };
    if (!remade.ok) return { kind: 'failed', detail: describeOutcome(remade.refusal, inQuotes) };
  }
  const place = { folder: path, repo: worktree.repo, network: rules.checkNetwork };
  const sandbox = await commandSandbox(context, project, place);
  if (!sandbox.ok) return { kind: 'failed', detail: sandbox.refusal };
  await endLeftCommand(checkScope(context, project.id));
  const put = await putTree(measureDir, path, tree, env);
  if (put.kind === 'failed') return put;
  try {
    const plan = checksPlan(context, project, {
      rules,
      files: { check: evidenceFiles(bridge.stateDir, evidence?.runId ?? project.id).mergeCheck },
      round: decision.round,
      attempt: evidence?.attempt ?? 1,
      within: sandbox.value,
      signal: stop,
    });
    const checks = await runOwnersChecks(folder, plan, async () => []);
    if (checks === undefined) return { kind: 'stopped' };
    const failed = checks.filter((check) => !hasPassed(check)).map(({ name }) => name);
    return failed.length === 0 ? { kind: 'green' } : { kind: 'red', failed };
  } finally {
    await putBack(measureDir, path, env);
  }
}
