/** What a run's prompt is made of. */

import type { Project } from '../project/project.ts';
import type { SteeringMessage } from '../project/review.ts';
import { waitingMessages } from '../store/messages.ts';
import { planText } from '../store/projects.ts';
import { lastDecision } from '../store/reviews.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { statusExcerpt } from './status-file.ts';

export interface Briefing {
  readonly project: Project;
  readonly markdown: string;
  /** Why the round before this one was rejected. */
  readonly reason: string | null;
  readonly messages: readonly SteeringMessage[];
  /** The record in words, for a session that remembers nothing. */
  readonly record: string;
}

/** Everything a run's prompt is made of. */
export async function briefingFor(bridge: Bridge, project: Project): Promise<Briefing> {
  const db = databaseOf(bridge).read;
  const decision = await lastDecision(db, project.id);
  return {
    project,
    markdown: await planText(db, project.id),
    reason: decision?.verdict === 'rejected' ? decision.reason : null,
    messages: await waitingMessages(db, project.id),
    record: await statusExcerpt(bridge, project),
  };
}
