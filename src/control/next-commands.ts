/** The exact commands that a person can give next about a project. */
import type { Evidence } from '../project/evidence.ts';
import type { Project } from '../project/project.ts';
import type { AskedRequest } from '../project/request.ts';
import { suggestedRules } from '../project/suggested-rule.ts';

/**
 * Empty for a project that is closed.
 *
 * @param denied What Claude was refused in the round that waits for a decision.
 */
export function nextCommands(
  { id, status }: Pick<Project, 'id' | 'status'>,
  denied: Evidence['denied'] = [],
): string[] {
  switch (status) {
    case 'awaiting_approval':
      return [`bridge-supervisor approve ${id}`, ...rejections(id, denied)];
    case 'attention':
      return [`bridge-supervisor retry ${id}`, `bridge-supervisor cancel ${id}`];
    case 'awaiting_answer':
      return [`bridge-supervisor questions ${id}`, `bridge-supervisor cancel ${id}`];
    case 'pending':
    case 'in_progress':
    case 'verifying':
    case 'rejected':
    case 'approved':
      return [`bridge-supervisor watch ${id}`];
    case 'complete':
    case 'cancelled':
      return [];
  }
}

function rejections(id: string, denied: Evidence['denied']): string[] {
  const reject = `bridge-supervisor reject ${id} --reason "what to change"`;
  const rules = suggestedRules(denied);
  return rules.length === 0
    ? [reject]
    : [reject, `${reject}${rules.map((rule) => ` --allow "${rule}"`).join('')}`];
}

/** The commands that settle what Claude asks. */
export function requestCommands({ id, kind }: Pick<AskedRequest, 'id' | 'kind'>): string[] {
  if (kind === 'question') return [`bridge-supervisor answer ${id} "your answer"`];
  return [
    `bridge-supervisor allow ${id}`,
    `bridge-supervisor allow ${id} --project`,
    `bridge-supervisor deny ${id} --reason "why not"`,
  ];
}
