import * as z from 'zod';
import type { ProjectId } from '../../project/ids.ts';
import type { Update } from '../../project/review.ts';
import { plural } from '../../project/text.ts';
import { type Answer, answer, type Call, defineTool } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import { projectId } from '../input.ts';
import { projectFacts, projectLine } from '../texts/project.ts';
import { waitingQuestions } from '../texts/question.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import { updateFacts, updateText } from '../texts/review.ts';

export const projectUpdatesTool = defineTool({
  name: 'bridge_get_project_updates',
  title: 'Read the progress of a project',
  description:
    'Shows what Claude Code has reported about a project: the newest updates, or those after an update id. For everything else about a project: bridge_get_project_status.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    project_id: projectId,
    after_id: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Only updates after this id, oldest first (0: from the beginning). Default: the newest.'),
    limit: z.int().min(1).max(100).optional().describe('Default 20.'),
  }),
  async run({ project_id, after_id, limit = 20 }, call) {
    return after_id === undefined
      ? newest(project_id, limit, call)
      : following(project_id, after_id, limit, call);
  },
});

async function newest(id: ProjectId, limit: number, { verbs }: Call): Promise<Answer> {
  const details = await verbs.projectDetails(id, limit + 1);
  if (!details.ok) return details;
  const { project, updates } = details.value;
  const shown = fitting(updates.slice(-limit).reverse(), facts).reverse();
  const earlier = shown.length < updates.length;
  return answer(
    [
      projectLine(project),
      ...listing(shown, earlier ? 'the newest' : 'all'),
      earlier ? 'There are earlier updates: call with after_id 0.' : undefined,
    ],
    {
      ...projectFacts(project),
      ...result(shown),
      ...(earlier ? { earlier: true } : {}),
      next: [
        ...(await waitingQuestions(verbs, id)),
        earlier
          ? `For new updates, call with after_id ${lastId(shown, 0)}; for all of them, with after_id 0.`
          : `For new updates, call with after_id ${lastId(shown, 0)}.`,
      ].join(' '),
    },
  );
}

async function following(id: ProjectId, after: number, limit: number, { verbs }: Call): Promise<Answer> {
  const reply = await verbs.projectUpdates(id, after, limit + 1);
  if (!reply.ok) return reply;
  const { project, updates } = reply.value;
  const shown = fitting(updates.slice(0, limit), facts);
  const more = shown.length < updates.length;
  const last = lastId(shown, after);
  return answer([projectLine(project), ...listing(shown, `after id ${after}`)], {
    ...projectFacts(project),
    ...result(shown),
    ...(more ? { more: true } : {}),
    next: [
      ...(await waitingQuestions(verbs, id)),
      more
        ? `There are more: call with after_id ${last}.`
        : `There are no more so far; for new ones, call with after_id ${last}.`,
    ].join(' '),
  });
}

const BYTES_EACH = 6_000;

function facts(update: Update) {
  return updateFacts(update, BYTES_EACH);
}

function listing(shown: readonly Update[], which: string): string[] {
  if (shown.length === 0) return ['No updates.'];
  return [
    `${plural(shown.length, 'update')} (${which}, last id ${lastId(shown, 0)}). ${QUOTED_NOTE}`,
    ...shown.map((update) => updateText(update, BYTES_EACH)),
  ];
}

function result(shown: readonly Update[]) {
  const note = shown.length > 0 ? { note: QUOTED_NOTE, last_id: lastId(shown, 0) } : {};
  return { updates: shown.map(facts), ...note };
}

function lastId(shown: readonly Update[], otherwise: number): number {
  return shown.at(-1)?.id ?? otherwise;
}
