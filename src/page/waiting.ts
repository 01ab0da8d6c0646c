/** What waits for a person. Pure. */
import type { WireOverview } from '../wire/schemas/http.ts';
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
  return `${plural(complete, 'project')} done, ${cancelled} cancelled.`;
}
