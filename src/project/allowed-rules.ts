/** What a person may allow for one project as they send its work back: what the owner's policy leaves open. */
import { covers, isPermissionRule, RULE_FORM } from './permission-rule.ts';
import type { Policy } from './policy.ts';
import { cleanLine } from './text.ts';

export const MAX_ALLOWED_RULES = 20;

/** Why this cannot be allowed; undefined when it can. What the policy denies stays denied, whatever is allowed. */
export function whyNotAllowed(rule: string, { deny, ask }: Pick<Policy, 'deny' | 'ask'>): string | undefined {
  if (!isPermissionRule(rule))
    return `'${cleanLine(rule).slice(0, 100)}' is no rule: it must be ${RULE_FORM}`;
  const denied = deny.find((one) => covers(one, rule));
  if (denied !== undefined) return `'${rule}' stays denied: the policy denies '${denied}'`;
  const asked = ask.find((one) => covers(one, rule));
  if (asked === undefined) return undefined;
  return `'${rule}' stays asked about: the policy asks about '${asked}', so allow the call when Claude asks`;
}

/** The reason of a rejection as Claude reads it, with what it may do from now on. */
export function reasonWithAllowed(reason: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return reason;
  const rules = allowed.map((rule) => `- ${rule}`).join('\n');
  return `${reason}\n\nThe person permits these calls from now on, which may have been denied before:\n\n${rules}`;
}
