/** Makes the evidence of a round. Nothing measures the folder yet: it says so, and what the runs cost. */
import type { ToVerify } from '../../bridge/verifying.ts';
import { sumCosts } from '../../project/costs.ts';
import type { Evidence } from '../../project/evidence.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';

export async function makeEvidence({ clock }: Context, due: ToVerify): Promise<Evidence> {
  const { project, completion, attempt, planRevision, runs, repairsUsed } = due;
  const inRound = runs.filter(({ round }) => round === completion.round);
  const cost = sumCosts(runs.map(({ costUsd }) => costUsd));
  return {
    version: 1,
    projectId: project.id,
    round: completion.round,
    attempt,
    madeAt: clock.now().toISOString(),
    madeBy: `bridge-supervisor ${VERSION}`,
    planRevision,
    claudeVersion: inRound.at(-1)?.claudeVersion ?? null,
    sessions: [...new Set(inRound.map(({ sessionId }) => sessionId))],
    measured: false,
    cause: { kind: 'not_supported', detail: '' },
    git: null,
    snapshot: null,
    diff: null,
    claims: { missing: [], undeclared: [], misfiled: [], ignored: [] },
    warnings: [],
    checks: [],
    checksPassed: null,
    repairs: { used: repairsUsed, max: 0 },
    cost: {
      usd: cost.unknown === 0 ? cost.usd : null,
      tokens: null,
      turns: inRound.reduce((sum, { live }) => sum + live.turns, 0),
      runs: inRound.length,
      seconds: 0,
    },
    denied: [],
    requests: [],
    review: null,
  };
}
