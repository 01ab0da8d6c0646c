/** Rules that would have permitted what Claude was refused, for a person to choose from. */
import type { Evidence } from './evidence.ts';
import { isPermissionRule } from './permission-rule.ts';

type Denied = Evidence['denied'][number];

const MAX_SUGGESTIONS = 3;

/** At most three different ones; none for what a rule, a person or the sandbox has refused. */
export function suggestedRules(denied: readonly Denied[]): string[] {
  const rules = denied.filter(({ by }) => by === 'mode').map(ruleFor);
  return [...new Set(rules.filter((rule) => rule !== undefined))].slice(0, MAX_SUGGESTIONS);
}

/**
 * A command that is more than plain words is never part of a suggestion: a model chose it, and a person would copy it.
 * Undefined for such a one.
 */
function ruleFor({ tool, what }: Denied): string | undefined {
  if (tool !== 'Bash') return isPermissionRule(tool) ? tool : undefined;
  const command = what.replace(/^Bash: /, '');
  if (!PLAIN_WORDS.test(command)) return undefined;
  const words = command.split(' ');
  const length = RUNNERS.includes(words[0] ?? '') ? (words[1] === 'run' ? 3 : 2) : words.length;
  // What a task of the project is called with is less than what it does.
  const rule =
    words.length >= length && RUNNERS.includes(words[0] ?? '')
      ? `${words.slice(0, length).join(' ')} *`
      : command;
  return `Bash(${rule})`;
}

const PLAIN_WORDS = /^[\w./@:=+,-]+(?: [\w./@:=+,-]+)*$/;

/** Programs that run what a project calls by a name. */
const RUNNERS: readonly string[] = [
  'npm',
  'pnpm',
  'yarn',
  'bun',
  'make',
  'cargo',
  'go',
  'mvn',
  'gradle',
  'dotnet',
];
