/**
 * Every way a run can end. The facts a person needs travel with the kind. Whoever needs only the types imports only
 * those: schemas take time to make.
 *
 * To add a kind: add it below; its JSON follows from that. The compiler then asks for its words (outcome-text.ts), what
 * follows (retry.ts) and whose fault it is (fault.ts). Where a hold follows, retry.ts names that too.
 */
import * as z from 'zod';
import { BUDGET_SCOPES } from './budget.ts';
import { WORKTREE_REFUSALS } from './worktree-refusal.ts';

function outcome<K extends string, S extends z.ZodRawShape>(kind: K, facts: S) {
  return z.object({ kind: z.literal(kind), ...facts });
}

/** What facts are made of. Rows of old programs are read with less demands than the documented form makes. */
export interface OutcomeScalars {
  /** What the system, Claude or the service said. */
  readonly message: z.ZodType<string>;
  readonly time: z.ZodType<string>;
  readonly count: z.ZodType<number>;
  readonly int: z.ZodType<number>;
  readonly usd: z.ZodType<number>;
}

const STORED: OutcomeScalars = {
  message: z.string(),
  time: z.string(),
  count: z.number(),
  int: z.number(),
  usd: z.number(),
};

/** Every kind, with its facts. */
export function outcomeKinds({ message, time, count, int, usd }: OutcomeScalars) {
  return [
    // The store holds a completion of this round: the only success.
    outcome('submitted', {}),
    // Claude ended its turn and submitted nothing.
    outcome('no_completion', {}),
    // Claude put a call off until a person has decided about it, and ended.
    outcome('deferred', { requestId: z.string() }),
    // The session does not know the call any more that was put off; it is told what was decided.
    outcome('deferral_lost', {}),
    // A reviewer gave its answer.
    outcome('reviewed', {}),
    // A reviewer ended and gave none, which is no approval.
    outcome('no_review', {}),
    // A reviewer was given a tool that may do more than read; it was ended before its first request.
    outcome('tool_unexpected', { tool: z.string() }),
    // The person cancelled the project; we ended the run.
    outcome('cancelled', {}),
    // The supervisor was stopped; we ended the run.
    outcome('interrupted', {}),
    // Proved: no process ever existed.
    outcome('never_spawned', { message }),
    // The binary is not there or cannot be executed.
    outcome('claude_missing', { message }),
    // No room, no process or no open file is left for it.
    outcome('machine_exhausted', { message }),
    // The folder is gone, not a folder, or unreadable.
    outcome('workspace_missing', { message }),
    // The project cannot have a worktree.
    outcome('worktree_refused', { cause: z.enum(WORKTREE_REFUSALS), detail: z.string() }),
    // The owner's command that prepares a worktree failed; the last words of its output.
    outcome('prepare_failed', {
      exitCode: int.nullable(),
      signal: z.string().nullable(),
      timedOut: z.boolean(),
      output: z.string(),
    }),
    // The process never wrote a line.
    outcome('no_init', { afterMs: count }),
    // Our MCP server did not connect: the run does not count.
    outcome('tools_missing', { status: z.string() }),
    // A setting takes one of our tools away: nobody would hear of the work.
    outcome('tool_denied', { tool: z.string(), setting: z.string() }),
    // Claude began elsewhere than in the workspace; it was ended at once.
    outcome('wrong_folder', { folder: z.string() }),
    // Not started: this version obeys the settings of any folder.
    outcome('claude_too_old', { message }),
    // No sign of life for too long.
    outcome('stalled', { silentMs: count }),
    // It was alive, but over its time.
    outcome('timed_out', { afterMs: count }),
    // Ended without a result.
    outcome('crashed', { code: int.nullable(), signal: z.string().nullable(), stderr: z.string() }),
    // The stream stops in the middle of a line.
    outcome('output_truncated', {}),
    // It wrote more than the owner lets a run write.
    outcome('output_too_large', { writtenMb: z.number(), maxMb: z.number() }),
    // The account's limit; a hold until then.
    outcome('usage_limit', { limit: z.string(), resetsAt: time }),
    // The service is busy, without a reset time.
    outcome('throttled', {}),
    // No credential, or a refused one.
    outcome('not_logged_in', { message }),
    // Out of credit.
    outcome('billing', { message }),
    // The service failed after Claude's own retries.
    outcome('api_error', { status: int.nullable(), message }),
    // The service does not know the model.
    outcome('model_unknown', {
      model: z.string(),
      source: z.enum(['plan', 'configuration', 'session', 'claude']).exactOptional(),
      message: message.exactOptional(),
    }),
    // The service does not take what the session holds.
    outcome('request_refused', { status: int, message }),
    // The plan's max_turns.
    outcome('max_turns', { turns: count }),
    // A budget of the plan or the owner, or what a review may cost. Without a scope: the project's.
    outcome('budget_spent', { budgetUsd: usd, scope: z.enum(BUDGET_SCOPES).exactOptional() }),
    // The model declined.
    outcome('refused', {}),
    // The conversation no longer fits.
    outcome('prompt_too_long', {}),
    // The session to resume is not there any more.
    outcome('session_missing', {}),
    // It may have run; nobody saw its end.
    outcome('lost', { message }),
  ] as const;
}

function makeSchema() {
  return z.discriminatedUnion('kind', outcomeKinds(STORED));
}

let schema: ReturnType<typeof makeSchema> | undefined;

/** What is stored of an outcome; one of a kind that is not known here does not parse. */
export function outcomeSchema(): ReturnType<typeof makeSchema> {
  schema ??= makeSchema();
  return schema;
}

export type Outcome = Readonly<z.infer<ReturnType<typeof makeSchema>>>;
export type OutcomeKind = Outcome['kind'];
/** Where the model of a run was named. */
export type ModelSource = NonNullable<Extract<Outcome, { kind: 'model_unknown' }>['source']>;
