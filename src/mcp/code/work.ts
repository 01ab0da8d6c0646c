/** What Claude Code says while it works and when it is done: in a run about its own project, by hand about any. */
import * as z from 'zod';
import { answer, defineTool, type Facts, type Tool } from '../define-tool.ts';
import { files } from '../input.ts';
import { projectArgument, projectOf, type Scope } from './scope.ts';

/** Loaded with the first request of a run: a tool that Claude would have to search for costs a turn. */
const ALWAYS_LOAD: Facts = { 'anthropic/alwaysLoad': true };

/**
 * In its mode `plan` Claude Code calls no tool that changes something (seen in 2.1.329). What a run says of itself changes
 * nothing that it works on.
 */
function hintsIn(scope: Scope | undefined) {
  return { readOnly: scope !== undefined, destructive: false, idempotent: false };
}

export function sendUpdateTool(scope: Scope | undefined): Tool {
  return defineTool({
    name: 'bridge_send_update',
    title: 'Report progress',
    description: 'Report progress to the person in a sentence or two, after each step.',
    hints: hintsIn(scope),
    input: z.strictObject({ project_id: projectArgument(scope), message: z.string() }),
    ...(scope ? { meta: ALWAYS_LOAD } : {}),
    async run(input, { verbs, toolUseId }) {
      const project = projectOf(scope, input.project_id);
      if (!project.ok) return project;
      const speaker = { runId: scope?.runId ?? null, requestId: toolUseId ?? null };
      const sent = await verbs.sendUpdate(project.value, input.message, speaker);
      if (!sent.ok) return sent;
      const { update, repeated } = sent.value;
      return answer([`Update ${update.id} recorded${repeated ? ' (a repeat; nothing added)' : ''}.`], {
        update_id: update.id,
        ...(repeated ? { repeated } : {}),
        next: 'Continue the work.',
      });
    },
  });
}

export function sendCompletionTool(scope: Scope | undefined): Tool {
  return defineTool({
    name: 'bridge_send_completion',
    title: 'Submit the work for approval',
    description: scope
      ? 'Submit the finished work for approval, once, when all is done. Then end your turn.'
      : 'Submits the finished work of a project for approval, once for each round, when all is done.',
    hints: hintsIn(scope),
    input: z.strictObject({
      project_id: projectArgument(scope),
      summary: z.string(),
      files_created: files.optional(),
      files_modified: files.optional(),
      caveats: z.string().optional(),
    }),
    ...(scope ? { meta: ALWAYS_LOAD } : {}),
    async run(input, { verbs, toolUseId }) {
      const project = projectOf(scope, input.project_id);
      if (!project.ok) return project;
      const submission = {
        summary: input.summary,
        filesCreated: input.files_created ?? [],
        filesModified: input.files_modified ?? [],
        caveats: input.caveats ?? '',
      };
      const speaker = { runId: scope?.runId ?? null, requestId: toolUseId ?? null };
      const sent = await verbs.sendCompletion(project.value, submission, speaker);
      if (!sent.ok) return sent;
      const { completion, repeated } = sent.value;
      const state = await verbs.projectState(project.value);
      if (!state.ok) return state;
      const { id, status } = state.value.project;
      return answer(
        [
          repeated
            ? `Round ${completion.round} of project ${id} was already submitted; nothing was changed. Status: ${status}.`
            : `Round ${completion.round} of project ${id} is submitted. Status: ${status}.`,
        ],
        {
          project_id: id,
          status,
          round: completion.round,
          ...(repeated ? { repeated } : {}),
          next: scope
            ? 'End your turn now; the person decides.'
            : 'Tell the person that it is waiting for their decision in Claude Desktop, and end your turn. Read the decision later with bridge_get_approval_status.',
        },
      );
    },
  });
}
