/** What the prompt of a run is made of, read in the transaction that claims its project. */

import { reasonWithAllowed } from '../project/allowed-rules.ts';
import type { CheckResult, Finding } from '../project/evidence.ts';
import type { ProjectId } from '../project/ids.ts';
import { blockingFindings, hasPassed } from '../project/measured.ts';
import type { Project } from '../project/project.ts';
import type { AskedRequest } from '../project/request.ts';
import type { Completion, RecordedEvidence, SteeringMessage } from '../project/review.ts';
import { isWork } from '../project/run.ts';
import type { Reader } from '../store/database.ts';
import { findEvidence } from '../store/evidence.ts';
import { waitingMessages } from '../store/messages.ts';
import { planText } from '../store/plans.ts';
import { findCompletion, lastDecision } from '../store/reviews.ts';
import { runsOf } from '../store/runs.ts';
import { cutOffIn, untoldAnswers } from './asking.ts';
import { statusExcerpt } from './status-file.ts';

export interface Briefing {
  readonly markdown: string;
  /** Why the round before this one was rejected, and what was allowed with that. */
  readonly reason: string | null;
  /** The outline that was approved, in Claude's words; null: none. */
  readonly outline: string | null;
  /** The owner's checks that failed on the submission of this round; a repair has to make them pass. */
  readonly redChecks: readonly CheckResult[];
  /** What a reviewer says must not stay so in the submission of this round; it was sent back for that. */
  readonly findings: readonly Finding[];
  /** What the person has sent and no run has taken in, in its order. */
  readonly messages: readonly SteeringMessage[];
  /** What was decided of what runs of this round have asked, and Claude does not know yet. */
  readonly answers: readonly AskedRequest[];
  /** Calls in which the run before was cut off, though they were allowed. */
  readonly cutOff: readonly AskedRequest[];
  /** The record in words, for a session that remembers nothing. */
  readonly record: string;
  /** What was rejected, for a session that was begun to revise it; null for any other. */
  readonly rejected: RejectedRound | null;
}

/** The submission that a fresh session revises. */
export interface RejectedRound {
  readonly completion: Completion | undefined;
  readonly measured: RecordedEvidence | undefined;
}

/**
 * Reads everything a prompt is made of. What is written later reaches the run as a message, or the next run.
 *
 * @param isFresh Its session was begun for this round, to revise the one before.
 */
export async function readBriefing(db: Reader, project: Project, isFresh: boolean): Promise<Briefing> {
  const decision = await lastDecision(db, project.id);
  const { outlineRound } = project;
  const approved = outlineRound === null ? undefined : await findCompletion(db, project.id, outlineRound);
  const measured = await findEvidence(db, project.id, project.round);
  return {
    markdown: await planText(db, project.id),
    reason: decision?.verdict === 'rejected' ? reasonWithAllowed(decision.reason, decision.allowed) : null,
    outline: approved?.summary ?? null,
    redChecks: measured?.evidence.checks.filter((check) => !hasPassed(check)) ?? [],
    findings: measured ? blockingFindings(measured.evidence) : [],
    answers: await untoldAnswers(db, project),
    messages: await waitingMessages(db, project.id),
    cutOff: await cutOffBefore(db, project),
    record: await statusExcerpt(db, project),
    rejected: isFresh ? await rejectedRound(db, project.id, project.round - 1) : null,
  };
}

/** Of the last run that worked on the round under way. */
async function cutOffBefore(db: Reader, { id, round }: Project): Promise<AskedRequest[]> {
  const last = (await runsOf(db, id)).findLast((run) => isWork(run) && run.endedAt !== null);
  return last?.round === round ? cutOffIn(db, last) : [];
}

async function rejectedRound(db: Reader, id: ProjectId, round: number): Promise<RejectedRound> {
  return {
    completion: await findCompletion(db, id, round),
    measured: await findEvidence(db, id, round),
  };
}
