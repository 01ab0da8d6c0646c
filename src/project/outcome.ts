/**
 * Every way a run can end. The facts a person needs travel with the kind. Whoever needs only the types imports only
 * those: schemas take time to make.
 *
 * To add a kind: add it below and to src/wire/schemas/outcome.ts. The compiler then asks for its words (outcome-text.ts),
 * what follows (retry.ts) and whose fault it is (fault.ts). Where a hold follows, retry.ts names that too.
 */
import * as z from 'zod';

function outcome<K extends string, S extends z.ZodRawShape>(kind: K, facts: S) {
  return z.object({ kind: z.literal(kind), ...facts });
}

function makeSchema() {
  const message = z.string();
  return z.discriminatedUnion('kind', [
    // The store holds a completion of this round: the only success.
    outcome('submitted', {}),
    // Claude ended its turn and submitted nothing.
    outcome('no_completion', {}),
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
    // The process never wrote a line.
    outcome('no_init', { afterMs: z.number() }),
    // Our MCP server did not connect: the run does not count.
    outcome('tools_missing', { status: z.string() }),
    // A setting takes one of our tools away: nobody would hear of the work.
    outcome('tool_denied', { tool: z.string(), setting: z.string() }),
    // Claude began elsewhere than in the workspace; it was ended at once.
    outcome('wrong_folder', { folder: z.string() }),
    // Not started: this version obeys the settings of any folder.
    outcome('claude_too_old', { message }),
    // No sign of life for too long.
    outcome('stalled', { silentMs: z.number() }),
    // It was alive, but over its time.
    outcome('timed_out', { afterMs: z.number() }),
    // Ended without a result.
    outcome('crashed', { code: z.number().nullable(), signal: z.string().nullable(), stderr: z.string() }),
    // The stream stops in the middle of a line.
    outcome('output_truncated', {}),
    // It wrote more than the owner lets a run write.
    outcome('output_too_large', { writtenMb: z.number(), maxMb: z.number() }),
    // The account's limit; a hold until then.
    outcome('usage_limit', { limit: z.string(), resetsAt: z.string() }),
    // The service is busy, without a reset time.
    outcome('throttled', {}),
    // No credential, or a refused one.
    outcome('not_logged_in', { message }),
    // Out of credit.
    outcome('billing', { message }),
    // The service failed after Claude's own retries.
    outcome('api_error', { status: z.number().nullable(), message }),
    // The service does not know the model.
    outcome('model_unknown', {
      model: z.string(),
      source: z.enum(['plan', 'configuration', 'session', 'claude']).exactOptional(),
      message: message.exactOptional(),
    }),
    // The service does not take what the session holds.
    outcome('request_refused', { status: z.number(), message }),
    // The plan's max_turns.
    outcome('max_turns', { turns: z.number() }),
    // The plan's budget_usd.
    outcome('budget_spent', { budgetUsd: z.number() }),
    // The model declined.
    outcome('refused', {}),
    // The conversation no longer fits.
    outcome('prompt_too_long', {}),
    // The session to resume is not there any more.
    outcome('session_missing', {}),
    // It may have run; nobody saw its end.
    outcome('lost', { message }),
  ]);
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
