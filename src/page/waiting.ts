/** What waits for the person: work to decide on, what is stuck, and what asks. Pure. */
import type { WireOverview } from '../wire/schemas/http.ts';
import type { WireProject } from '../wire/schemas/project.ts';
import type { WireRequest } from '../wire/schemas/request.ts';
import { plural } from './figures.ts';

/** Of work that was submitted or is stuck; the overview lists the first of them. */
export function decisionCount({ counts }: Pick<WireOverview, 'counts'>): number {
  return counts.awaiting_approval + counts.attention;
}

export function waitingText(count: number): string {
  if (count === 0) return 'Nothing waits for you';
  return `${count.toLocaleString('en')} ${count === 1 ? 'waits' : 'wait'} for you`;
}

export function doneText({ complete, cancelled }: WireOverview['counts']): string {
  if (complete === 0 && cancelled === 0) return 'Nothing is done yet.';
  return `${plural(complete, 'project')} done${cancelled === 0 ? '' : `, ${cancelled} cancelled`}.`;
}

/** One project that waits. */
export interface Waiting {
  readonly id: string;
  readonly title: string;
  readonly status: WireProject['status'];
  readonly round: number | undefined;
  /** ISO 8601. */
  readonly since: string;
}

/** Work and what is stuck; what asks is shown by what it asks, and not a second time. */
export function decisionsIn({ waiting }: Pick<WireOverview, 'waiting'>): WireOverview['waiting'] {
  return waiting.filter(({ status }) => status !== 'awaiting_answer');
}

/** Titles of the projects that may ask. */
export function titlesIn({ waiting, running }: WireOverview): ReadonlyMap<string, string> {
  return new Map([...waiting, ...running.map(({ project }) => project)].map(({ id, title }) => [id, title]));
}

/** Each project once, in the order of the first page. */
export function whatWaits(overview: WireOverview, asked: readonly WireRequest[]): Waiting[] {
  const titles = titlesIn(overview);
  const decisions = decisionsIn(overview).map(({ id, title, status, round, updated_at: since }) => ({
    ...{ id, title, status, round, since },
  }));
  const known = new Set<string>(decisions.map(({ id }) => id));
  const asking = new Map(asked.map((request) => [request.project_id, request]));
  const questions = [...asking.values()]
    .filter(({ project_id: id }) => !known.has(id))
    .map(({ project_id: id, created_at: since }) => ({
      ...{ id, title: titles.get(id) ?? id, status: 'awaiting_answer' as const, round: undefined, since },
    }));
  return [...decisions, ...questions];
}
