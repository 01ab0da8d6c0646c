/** The calls that a person is asked about: which these are, and which tools they can be calls of. */

import { namesTool, toolOfRule, toolsNamed, whatOfRule } from './permission-rule.ts';
import { plainCommand } from './plain-command.ts';

/** Those that these rules name, or all that nothing permits. */
export type AskedCalls = readonly string[] | 'rest';

/**
 * Whether a person is asked about this call, which Claude Code has left open. It does not say which rule it had in mind; so
 * a rule counts here for more calls rather than fewer: for each command that contains its words, and for other tools
 * whatever they are called with.
 */
export function isAskedAbout(asked: AskedCalls, toolName: string, input: unknown): boolean {
  return asked === 'rest' || asked.some((rule) => mayName(rule, toolName, input));
}

function mayName(rule: string, toolName: string, input: unknown): boolean {
  if (!namesTool(toolOfRule(rule), toolName)) return false;
  const what = whatOfRule(rule);
  if (what === undefined) return true;
  const { command, url } = (input ?? {}) as { readonly command?: unknown; readonly url?: unknown };
  if (typeof command === 'string') return plainCommand(command).includes(plainCommand(beforeStar(what)));
  const [, domain] = /^domain:(.*)$/.exec(what) ?? [];
  return domain === undefined || typeof url !== 'string' || isOnHost(url, domain);
}

function beforeStar(what: string): string {
  return what.replace(/:?\*.*$/, '');
}

/** Also for a host below the domain, and for whatever is no address. */
function isOnHost(url: string, domain: string): boolean {
  const host = URL.parse(url)?.hostname;
  const end = domain.toLowerCase().replace(/^.*\*/, '');
  return host === undefined || host === end || host.endsWith(end.startsWith('.') ? end : `.${end}`);
}

/**
 * The tools that a call can be of which a person is asked about, as patterns for a whole name; undefined where it can be any
 * tool. A rule for files reaches several tools, and others in later versions.
 */
export function toolsAskedAbout(asked: AskedCalls): readonly string[] | undefined {
  if (asked === 'rest') return undefined;
  const named = asked.map((rule) => toolsNamed(toolOfRule(rule)));
  return named.some((tools) => tools === undefined) ? undefined : named.flatMap((tools) => tools ?? []);
}
