/** How runs go and end, in few words. */

import { expect } from 'vitest';
import type { StartedRun } from '../../src/bridge/claim.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { recordAnswered } from '../../src/bridge/runs.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import type { Project } from '../../src/project/project.ts';
import type { Rig } from '../rig.ts';
import { begin, current, ending, TOKEN } from './steps.ts';

/** Starts the next run, and ends it like this. */
export async function runEnds(rig: Rig, outcome: Outcome): Promise<Project> {
  return ends(rig, await begin(rig), outcome);
}

export async function ends(rig: Rig, { run }: StartedRun, outcome: Outcome): Promise<Project> {
  rig.clock.advance(1_000);
  const { project } = await endRun({ bridge: rig.bridge, token: TOKEN }, run, outcome, ending);
  expect(project).toEqual(await current(rig.bridge, project.id));
  return project;
}

/** The model answers a run of some project; then it ends well enough. */
export async function answered(rig: Rig, started: StartedRun): Promise<void> {
  rig.clock.advance(1_000);
  await recordAnswered({ bridge: rig.bridge, token: TOKEN }, started.run);
}
