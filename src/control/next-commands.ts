/** The exact commands that a person can give next about a project. */
import type { Project } from '../project/project.ts';

/** Empty for a project that is closed. */
export function nextCommands({ id, status }: Pick<Project, 'id' | 'status'>): string[] {
  switch (status) {
    case 'awaiting_approval':
      return [`bridge-supervisor approve ${id}`, `bridge-supervisor reject ${id} --reason "what to change"`];
    case 'attention':
      return [`bridge-supervisor retry ${id}`, `bridge-supervisor cancel ${id}`];
    case 'awaiting_answer':
      return [`bridge-supervisor cancel ${id}`];
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
