/** Parses a row of `runs`. */
import * as z from 'zod';
import { type Outcome, outcomeSchema } from '../project/outcome.ts';
import { REVISE_IN, REVISION_ASKERS, REVISION_SESSIONS } from '../project/revision.ts';
import { COST_BASES, EMPTY_LIVE_STATE, type LiveState, RUN_KINDS, type Run } from '../project/run.ts';
import { knownWord } from './known-word.ts';
import type { Row } from './schema.ts';

const kindWord = knownWord('runs.kind', RUN_KINDS);
const costBasisWord = knownWord('runs.cost_basis', COST_BASES);
const facts = z.record(z.string(), z.unknown());
const liveState = z.object({
  lastSignAt: z.string().nullable(),
  currentTool: z.string().nullable(),
  turns: z.number(),
  costUsd: z.number(),
  todosDone: z.number(),
  todosTotal: z.number(),
  currentTodo: z.string().nullable(),
});

/** One of a newer program counts as unknown. */
const sessionContext = z
  .object({
    startTokens: z.number(),
    tokens: z.number(),
    at: z.string(),
    keptMs: z.number(),
    prices: z.object({ write: z.number(), read: z.number() }).nullable(),
  })
  .nullable()
  .catch(null);
const readingCost = z.object({ tokens: z.number(), usd: z.number().nullable() });
const revisionChoice = z
  .object({
    asked: z.enum(REVISE_IN),
    by: z.enum(REVISION_ASKERS),
    session: z.enum(REVISION_SESSIONS),
    cost: z.object({
      session: readingCost.extend({ cachedUntil: z.string().nullable() }).nullable(),
      fresh: readingCost.nullable(),
    }),
  })
  .nullable()
  .catch(null);

/** What a run is or was doing, from its JSON; the empty state when that is of another form. */
export function toLiveState(json: string): LiveState {
  return liveState.catch(EMPTY_LIVE_STATE).parse(JSON.parse(json));
}

/** The run of a row, with its live state while it is under way. Throws StoreError for a word that only a newer program knows. */
export function toRun(row: Row<'runs'> & { readonly live?: string | null }): Run {
  return {
    id: row.id,
    projectId: row.project_id,
    machineId: row.machine_id,
    account: row.account,
    kind: kindWord(row.kind),
    round: row.round,
    workspace: row.workspace,
    sessionId: row.session_id,
    revision: revisionChoice.parse(JSON.parse(row.revision ?? 'null')),
    planRevision: row.plan_revision,
    model: row.model,
    modelUsed: row.model_used,
    pid: row.pid,
    pidStartedAt: row.pid_started_at,
    claudeVersion: row.claude_version,
    live: toLiveState(row.live ?? row.progress ?? 'null'),
    costUsd: row.cost_usd,
    costBasis: costBasisWord(row.cost_basis),
    context: sessionContext.parse(JSON.parse(row.context ?? 'null')),
    fingerprint: row.fingerprint,
    outcome: toOutcome(row),
    createdAt: row.created_at,
    spawnedAt: row.spawned_at,
    readyAt: row.ready_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
  };
}

/** An outcome that only a newer program knows becomes `lost`: its meaning is unknown here. */
function toOutcome(row: Row<'runs'>): Outcome | null {
  if (row.outcome === null) return null;
  const outcome = outcomeSchema().safeParse({ ...parse(row.outcome_data), kind: row.outcome });
  if (outcome.success) return outcome.data;
  return {
    kind: 'lost',
    message: `the run ended as '${row.outcome}', which this bridge-supervisor does not know: a newer one wrote it`,
  };
}

function parse(json: string | null): Record<string, unknown> {
  return facts.parse(JSON.parse(json ?? '{}'));
}
