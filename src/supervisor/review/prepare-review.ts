/** Finds out what to start for a reviewer: as for a run that works, with less of everything. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StartedReview } from '../../bridge/review-run.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { reviewCommandLine } from '../../claude/command-line.ts';
import { userMessage } from '../../claude/input.ts';
import { answerSchema } from '../../claude/review-answer.ts';
import { MAX_PATCH_BYTES_IN_PROMPT, reviewPrompt } from '../../claude/review-prompt.ts';
import { reviewSettings } from '../../claude/run-settings.ts';
import type { Remainder } from '../../project/budget.ts';
import type { Evidence } from '../../project/evidence.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Project } from '../../project/project.ts';
import type { ReviewRules } from '../../project/work-rules.ts';
import { ok, type Result } from '../../result.ts';
import { runFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { makeRunsFolder } from '../room.ts';
import { findClaude, guardClaude } from '../run/guarded-claude.ts';
import { promptId } from '../run/opening.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { lendPatch } from './patch-folder.ts';

export interface ReviewTask {
  readonly project: Project;
  readonly rules: ReviewRules;
  /** The budget that ends it first, of which something is left. */
  readonly budget: Remainder;
  /** What was measured: there are changes. */
  readonly diff: NonNullable<Evidence['diff']>;
  /** The file with all of them. */
  readonly patchFile: string;
}

/** Starts no Claude. Throws StoreError, LeaseLost and the system's errors. */
export async function prepareReview(
  context: Context,
  { run, markdown, reason }: StartedReview,
  { project, rules, budget, diff, patchFile }: ReviewTask,
): Promise<Result<PreparedRun, Outcome>> {
  const { bridge, config } = context;
  const claude = findClaude(context);
  if (!claude.ok) return claude;
  const guarded = await guardClaude(context, claude.value, run, project);
  if (!guarded.ok) return guarded;
  const { env, folder, identity, stateFolders } = guarded.value;
  const isShort = diff.patchBytes <= MAX_PATCH_BYTES_IN_PROMPT;
  const patch = isShort
    ? { text: await readFile(patchFile, 'utf8') }
    : { file: await lendPatch(bridge.stateDir, project.id, patchFile) };
  const args = reviewCommandLine({
    sessionId: run.sessionId,
    model: run.model,
    maxBudgetUsd: budget.leftUsd,
    claudeSettings: folder.claudeSettings,
    settings: reviewSettings({
      projectId: project.id,
      workspace: folder.path,
      stateFolders,
      policy: projectRules(config, project).policy,
    }),
    patchFolder: 'file' in patch ? dirname(patch.file) : undefined,
    answerSchema: answerSchema(),
  });
  await makeRunsFolder(bridge.stateDir);
  const { output, errors } = runFiles(bridge.stateDir, run.id);
  const facts = { title: project.title, markdown, instructions: rules.prompt, reason, diff, patch };
  return ok({
    process: {
      command: claude.value,
      args,
      cwd: run.workspace,
      env,
      stdoutPath: output,
      stderrPath: errors,
    },
    resumed: false,
    budget,
    resumesCall: undefined,
    opening: userMessage(reviewPrompt(facts), promptId(run)),
    workspaceIdentity: identity,
  });
}
