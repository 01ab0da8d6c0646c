/** What the prompt of a run is made of, read in the transaction that claims its project. */

import type { Project } from '../project/project.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Reader } from '../store/database.ts';
import { waitingMessages } from '../store/messages.ts';
import { planText } from '../store/projects.ts';
import { lastDecision } from '../store/reviews.ts';
import { statusExcerpt } from './status-file.ts';

export interface Briefing {
  readonly markdown: string;
  /** Why the round before this one was rejected. */
  readonly reason: string | null;
  /** What the person has sent and no run has taken in, in its order. */
  readonly messages: readonly SteeringMessage[];
  /** The record in words, for a session that remembers nothing. */
  readonly record: string;
}

/** Reads everything a prompt is made of. What is written later reaches the run as a message, or the next run. */
export async function readBriefing(db: Reader, project: Project): Promise<Briefing> {
  const decision = await lastDecision(db, project.id);
  return {
    markdown: await planText(db, project.id),
    reason: decision?.verdict === 'rejected' ? decision.reason : null,
    messages: await waitingMessages(db, project.id),
    record: await statusExcerpt(db, project),
  };
}
