/**
 * What the output of ended runs says for the evidence of their round: the tokens they took, and the calls that Claude
 * wanted to make and could not. Pure.
 */
import type { Evidence } from '../project/evidence.ts';
import { describeTool } from './describe-tool.ts';
import type { ClaudeEvent, ResultMessage } from './stream.ts';

export interface RunAccount {
  /** Null: a version of Claude that does not state them, or a run that ended without a result. */
  readonly tokens: Evidence['cost']['tokens'];
  readonly denied: readonly DeniedCall[];
}

export interface DeniedCall {
  readonly id: string;
  readonly tool: string;
  /** The call in a few words, which the model chose. */
  readonly what: string;
  /** As Claude called it. */
  readonly input: unknown;
  readonly by: Evidence['denied'][number]['by'];
}

/** The account before the first event. */
export const NO_ACCOUNT: RunAccount = { tokens: null, denied: [] };

/** Reads the events of one run in their order. */
export class RunAccountant {
  readonly #reasons = new Map<string, string | undefined>();
  #account = NO_ACCOUNT;

  get account(): RunAccount {
    return this.#account;
  }

  take(event: ClaudeEvent): void {
    if (event.kind === 'denied') this.#reasons.set(event.id, event.reason);
    if (event.kind !== 'result') return;
    const { denied } = this.#account;
    const known = new Set(denied.map(({ id }) => id));
    const fresh = event.result.permission_denials
      .filter(({ tool_use_id: id }) => !known.has(id))
      .map(({ tool_use_id: id, tool_name: name, tool_input: input }) => ({
        id,
        tool: name,
        what: describeTool({ name, input }),
        input,
        by: denierOf(this.#reasons.get(id)),
      }));
    this.#account = { tokens: added(this.#account.tokens, event.result), denied: [...denied, ...fresh] };
  }
}

/** Without a word for it, the permission mode did not allow the call. */
function denierOf(reason: string | undefined): DeniedCall['by'] {
  if (reason === 'rule') return 'rule';
  if (reason === 'permissionPromptTool') return 'person';
  return reason === 'sandboxOverride' ? 'sandbox' : 'mode';
}

function added(before: RunAccount['tokens'], { model_usage_since_last_result: models }: ResultMessage) {
  if (models === undefined) return before;
  return Object.values(models).reduce(
    (sum, model) => ({
      input: sum.input + model.inputTokens,
      output: sum.output + model.outputTokens,
      cacheRead: sum.cacheRead + model.cacheReadInputTokens,
      cacheWrite: sum.cacheWrite + model.cacheCreationInputTokens,
    }),
    before ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  );
}
