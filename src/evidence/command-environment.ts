import type { Environment } from '../environment.ts';

/**
 * The environment of a command of the owner, which may run whatever Claude wrote: without the variables of Anthropic, of
 * Claude and of ours, and without those that the owner denies by name, or by `PREFIX_*`.
 */
export function commandEnvironment(env: Environment, denied: readonly string[]): Environment {
  const rules = [...ALWAYS_DENIED, ...denied].map((rule) => rule.toUpperCase());
  const isDenied = (name: string) =>
    rules.some((rule) => (rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isDenied(name.toUpperCase())));
}

const ALWAYS_DENIED = ['ANTHROPIC_*', 'CLAUDE_*', 'BRIDGE_*', 'CLAUDECODE', 'AI_AGENT'];
