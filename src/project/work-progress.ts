import type { Project } from './project.ts';

/** How far the supervisor has come with a project that it measures or lands. */
export interface WorkProgress {
  readonly project: Project;
  /** When it was submitted, approved or retried. */
  readonly since: string;
  /** The owner's check that began last; null: none yet. */
  readonly check: {
    readonly name: string;
    readonly number: number;
    readonly of: number;
    readonly since: string;
  } | null;
}
