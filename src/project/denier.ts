/** Who denied a call, where Claude Code does not say it: of calls that a permission prompt looked at it never does. */

import { isAskedAbout } from './asked-calls.ts';
import type { Evidence } from './evidence.ts';
import { type AskedRequest, canonicalInput } from './request.ts';

interface DeniedCall {
  readonly tool: string;
  /** As Claude called it. */
  readonly input: unknown;
  readonly by: Evidence['denied'][number]['by'];
}

/**
 * The call with who denied it, as far as it is known: a person who was asked about an equal one, or a rule of the policy
 * that may name it. A rule counts for more commands rather than fewer: what it denies is not to be allowed by mistake.
 */
export function withDenier<Call extends DeniedCall>(
  call: Call,
  deny: readonly string[],
  requests: readonly Pick<AskedRequest, 'toolName' | 'input'>[],
): Call {
  const { tool, input } = call;
  const own = canonicalInput(tool, input);
  const isEqual = ({ toolName, input: asked }: Pick<AskedRequest, 'toolName' | 'input'>) =>
    toolName === tool && canonicalInput(tool, JSON.parse(asked)) === own;
  if (requests.some(isEqual)) return { ...call, by: 'person' };
  if (call.by === 'sandbox') return call;
  const isCommand = typeof (input as { readonly command?: unknown } | null)?.command === 'string';
  const rules = isCommand ? deny : deny.filter((rule) => !rule.endsWith(')'));
  if (isAskedAbout(rules, tool, input)) return { ...call, by: 'rule' };
  return call.by === 'person' ? { ...call, by: 'mode' } : call;
}
