/** The play: six scenes, from the start of the supervisor to the approval, and what they have shown. */

import { sep } from 'node:path';
import { projectDetails } from '../../bridge/queries.ts';
import type { ProjectId } from '../../project/ids.ts';
import { type Sandbox, sessionsOf } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import { tellEvent } from './chronicle.ts';
import { openJournal } from './journal.ts';
import type { Narrator } from './narrator.ts';
import { approval, firstRound, rejection, type Scene, secondRound, sendPlan, startUp } from './scenes.ts';

export interface Performance {
  readonly stage: Sandbox;
  readonly narrator: Narrator;
  /** Aborts when the person has had enough. */
  readonly interrupted: AbortSignal;
}

/** What has happened, for a program. */
export interface Facts {
  readonly projectId: ProjectId;
  readonly status: string;
  readonly rounds: number;
  readonly runs: number;
  readonly sessions: readonly string[];
  readonly updates: number;
  readonly modelRequests: number;
  /** What Claude Code believes the scripted model has cost. Nothing was paid. */
  readonly estimatedUsd: number;
}

/** How the play ended. */
export type End =
  | { readonly kind: 'shown'; readonly facts: Facts }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly what: string };

/** Plays it. The stage is left as it is then, with everything on it. */
export async function perform({ stage, narrator, interrupted }: Performance): Promise<End> {
  const failed = new AbortController();
  const signal = AbortSignal.any([interrupted, failed.signal]);
  const journal = openJournal(stage.bridge, {
    tell: (event) => tellEvent(narrator, event),
    live: (text) => narrator.live(text.replaceAll(stage.workspace + sep, '')),
    signal,
  });
  const scene: Scene = { stage, narrator, journal, signal };
  try {
    await startUp(scene, (what) => failed.abort(new SelftestError(what)));
    const work = await sendPlan(scene);
    await firstRound(work);
    const rejected = await rejection(work);
    await secondRound(rejected);
    await approval(rejected);
    return { kind: 'shown', facts: await factsOf(stage, work.projectId) };
  } catch (error) {
    if (interrupted.aborted) return { kind: 'interrupted' };
    // What stopped a wait says more than how that wait ended.
    const cause: unknown = failed.signal.aborted ? failed.signal.reason : error;
    if (cause instanceof SelftestError) return { kind: 'failed', what: cause.message };
    throw cause;
  } finally {
    narrator.end();
  }
}

async function factsOf(stage: Sandbox, projectId: ProjectId): Promise<Facts> {
  const found = await projectDetails(stage.bridge, projectId, 100);
  if (!found.ok) throw new SelftestError(found.refusal);
  const { project, runs, updates, spentUsd } = found.value;
  return {
    projectId,
    status: project.status,
    rounds: project.round,
    runs: runs.length,
    sessions: sessionsOf(stage),
    updates: updates.length,
    modelRequests: stage.requests.length,
    estimatedUsd: spentUsd,
  };
}
