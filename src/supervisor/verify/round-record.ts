/** What is known of a round besides what is measured: what its runs cost, and what they were not allowed to do. */
import { listRequests } from '../../bridge/requests.ts';
import type { ToVerify } from '../../bridge/verifying.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { describeTool } from '../../claude/describe-tool.ts';
import { type DeniedCall, NO_ACCOUNT, type RunAccount, RunAccountant } from '../../claude/run-account.ts';
import { messageOf } from '../../error-message.ts';
import type { RoundRecord } from '../../evidence/make-evidence.ts';
import { sumCosts } from '../../project/costs.ts';
import { withDenier } from '../../project/denier.ts';
import type { Evidence, Warning } from '../../project/evidence.ts';
import { isOutline } from '../../project/outline.ts';
import { type AskedRequest, isCutOffIn } from '../../project/request.ts';
import { isWork, type Run } from '../../project/run.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { eventsOf } from '../run-events.ts';

/** @param maxRepairs How often the round may be sent back for its checks. */
export async function roundRecord(context: Context, due: ToVerify, maxRepairs: number): Promise<RoundRecord> {
  const { project, completion, attempt, planRevision, repairsUsed } = due;
  const ofRound = await readRuns(
    context,
    due.runs.filter(({ round }) => round === completion.round),
  );
  const { policy } = projectRules(context.config, project);
  const requests = await listRequests(context.bridge, { projectId: project.id, undecided: false });
  const worked = ofRound.filter(({ run }) => isWork(run));
  return {
    projectId: project.id,
    round: completion.round,
    attempt,
    outline: isOutline(project, completion.round),
    madeAt: context.clock.now().toISOString(),
    madeBy: `bridge-supervisor ${VERSION}`,
    planRevision,
    claudeVersion: worked.at(-1)?.run.claudeVersion ?? null,
    // Those of the whole project: a fresh one may have begun with this round.
    sessions: [...new Set(due.runs.filter(isWork).map(({ sessionId }) => sessionId))],
    repairs: { used: repairsUsed, max: maxRepairs },
    cost: costOf(ofRound),
    denied: counted(
      worked.flatMap(({ account }) => account.denied).map((call) => withDenier(call, policy.deny, requests)),
    ),
    requests: requests
      .filter(({ runId }) => ofRound.some(({ run }) => run.id === runId))
      .map(({ id, kind, state }) => ({ id, kind, state })),
    warnings: cutOffWarning(
      requests.filter((request) => ofRound.some(({ run }) => isCutOffIn(request, run))),
    ),
  };
}

function cutOffWarning(requests: readonly AskedRequest[]): Warning[] {
  const calls = requests.map(({ toolName, input }) =>
    describeTool({ name: toolName, input: JSON.parse(input) as Record<string, unknown> }),
  );
  return calls.length === 0 ? [] : [{ kind: 'call_cut_off', paths: calls, detail: '' }];
}

/** What these runs took together. Unknown as soon as it is unknown for one. */
export async function costOfRuns(context: Context, runs: readonly Run[]): Promise<Evidence['cost']> {
  return costOf(await readRuns(context, runs));
}

/** A run, with what its output says. Outputs may be large: each is read once. */
interface ReadRun {
  readonly run: Run;
  readonly account: RunAccount;
}

function costOf(read: readonly ReadRun[]): Evidence['cost'] {
  const runs = read.map(({ run }) => run);
  const cost = sumCosts(runs.map(({ costUsd }) => costUsd));
  return {
    usd: cost.unknown === 0 ? cost.usd : null,
    tokens: sumTokens(read.map(({ account }) => account)),
    turns: runs.reduce((sum, { live }) => sum + live.turns, 0),
    runs: runs.length,
    seconds: Math.round(runs.reduce((sum, run) => sum + secondsOf(run), 0)),
  };
}

async function readRuns(context: Context, runs: readonly Run[]): Promise<ReadRun[]> {
  const read: ReadRun[] = [];
  for (const run of runs) read.push({ run, account: await accountOf(context, run) });
  return read;
}

async function accountOf(context: Context, run: Run): Promise<RunAccount> {
  const accountant = new RunAccountant();
  try {
    for await (const event of eventsOf(context, run)) accountant.take(event);
    return accountant.account;
  } catch (error) {
    context.log.warn('run.unread', { run: run.id }, messageOf(error));
    return NO_ACCOUNT;
  }
}

/** Unknown as soon as it is unknown for one run. */
function sumTokens(accounts: readonly RunAccount[]): Evidence['cost']['tokens'] {
  let sum = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  for (const { tokens } of accounts) {
    if (tokens === null) return null;
    sum = {
      input: sum.input + tokens.input,
      output: sum.output + tokens.output,
      cacheRead: sum.cacheRead + tokens.cacheRead,
      cacheWrite: sum.cacheWrite + tokens.cacheWrite,
    };
  }
  return sum;
}

function secondsOf({ spawnedAt, endedAt }: Run): number {
  if (spawnedAt === null || endedAt === null) return 0;
  return Math.max(0, Date.parse(endedAt) - Date.parse(spawnedAt)) / 1_000;
}

/** The same call by the same reason once, with how often it was denied. */
function counted(calls: readonly DeniedCall[]): Evidence['denied'] {
  const found = new Map<string, Evidence['denied'][number]>();
  for (const { tool, what, by } of calls) {
    const key = JSON.stringify([tool, what, by]);
    found.set(key, { tool, what, by, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()].slice(0, MAX_DENIED);
}

const MAX_DENIED = 100;
