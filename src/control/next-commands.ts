/** The exact commands that a person can give next about a project. */
import type { Project } from '../project/project.ts';
import type { AskedRequest } from '../project/request.ts';

/** Empty for a project that is closed. */
export function nextCommands({ id, status }: Pick<Project, 'id' | 'status'>): string[] {
  switch (status) {
    case 'awaiting_approval':
      return [`bridge-supervisor approve ${id}`, `bridge-supervisor reject ${id} --reason "what to change"`];
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

/** The commands that settle what Claude asks. */
export function requestCommands({ id, kind }: Pick<AskedRequest, 'id' | 'kind'>): string[] {
  if (kind === 'question') return [`bridge-supervisor answer ${id} "your answer"`];
  return [
    `bridge-supervisor allow ${id}`,
    `bridge-supervisor allow ${id} --project`,
    `bridge-supervisor deny ${id} --reason "why not"`,
  ];
}
