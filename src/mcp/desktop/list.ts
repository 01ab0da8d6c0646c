import * as z from 'zod';
import { PROJECT_STATUSES, type Project } from '../../project/project.ts';
import { plural } from '../../project/text.ts';
import { answer, defineTool } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import { projectId } from '../input.ts';
import { readiness } from '../readiness.ts';
import {
  attentionLines,
  blockerQuotes,
  blockersOf,
  projectFacts,
  projectLine,
  workspaceText,
} from '../texts/project.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import { readinessFacts } from '../texts/readiness.ts';

export const listProjectsTool = defineTool({
  name: 'bridge_list_projects',
  title: 'List projects',
  description: 'Lists projects, newest first, all or those in one status.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    status: z.enum(PROJECT_STATUSES).optional(),
    limit: z.int().min(1).max(50).optional().describe('Default 20.'),
    cursor: projectId.optional().describe("Continues a list: 'next_cursor' of the page before."),
  }),
  async run({ status, limit = 20, cursor }, call) {
    const { verbs } = call;
    const last = cursor === undefined ? undefined : await verbs.projectState(cursor);
    if (last && !last.ok) return last;
    const found = await verbs.projects({
      ...(status ? { statuses: [status] } : {}),
      ...(last ? { after: last.value.project } : {}),
      limit: limit + 1,
    });
    const page = fitting(found.slice(0, limit), projectFacts);
    const nextCursor = page.length < found.length ? page.at(-1)?.id : undefined;
    const where = status === undefined ? '' : ` in status ${status}`;
    const more =
      nextCursor === undefined
        ? 'There are no more. For one project in detail, call bridge_get_project_status.'
        : `There are more: call again with cursor ${nextCursor}.`;
    const ready = await readiness(call.verbs);
    const why = blockerQuotes(page, ready);
    const quotes = why.length > 0 || page.some(({ attention }) => attention !== null);
    return answer(
      [
        page.length === 0
          ? `No ${last ? 'more ' : ''}projects${where}.`
          : `${plural(page.length, 'project')}${where}, newest first:`,
        ...(quotes ? [QUOTED_NOTE] : []),
        ...page.flatMap(listLines),
        ...why,
      ],
      {
        projects: page.map(projectFacts),
        ...(quotes ? { note: QUOTED_NOTE } : {}),
        ...readinessFacts(ready),
        ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }),
        next: [more, ...blockersOf(page, ready)].join(' '),
      },
    );
  },
});

function listLines(project: Project): string[] {
  return [
    `- ${projectLine(project)}. ${workspaceText(project)}, sent ${project.createdAt}, last changed ${project.updatedAt}`,
    ...attentionLines(project),
  ];
}
