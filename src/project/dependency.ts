/** What a plan waits for before it begins: other projects, each of which must be complete. */
import type { ProjectId } from './ids.ts';
import type { ProjectStatus } from './project.ts';

/** A project that another one waits for. */
export interface Dependency {
  readonly id: ProjectId;
  readonly title: string;
  readonly status: ProjectStatus;
}

/** `3f9a0c1d2e4b (in_progress), 77aa…`: in our words alone. */
export function describeDependencies(dependencies: readonly Dependency[]): string {
  return dependencies.map(({ id, status }) => `${id} (${status})`).join(', ');
}

/** Why a plan cannot begin any more as it was meant to: these were cancelled. */
export function describeWaitInVain(cancelled: readonly Pick<Dependency, 'id'>[]): string {
  const ids = cancelled.map(({ id }) => id).join(', ');
  return cancelled.length === 1
    ? `it depends on ${ids}, which was cancelled; retry begins it without waiting for that`
    : `it depends on ${ids}, which were cancelled; retry begins it without waiting for these`;
}
