/** What a plan may ask for: less than the owner allows, never more. */
import ms from 'ms';
import { asksInVain, isMore, narrowed } from './policy.ts';
import type { SettingLines, SettingName, Settings } from './settings.ts';
import { cleanLine } from './text.ts';
import type { WorkRules } from './work-rules.ts';

/** The settings of a plan, and the line of each. */
export interface AskedSettings {
  readonly settings: Settings;
  readonly lines: SettingLines;
}

/** What is more than the owner allows in the workspace of this name: a text each, by its line. */
export function aboveCeilings(asked: AskedSettings, rules: WorkRules, workspace: string): string[] {
  const { settings, lines } = asked;
  const above = (Object.keys(CEILINGS) as SettingName[]).flatMap((key): Problem[] => {
    const value = settings[key];
    const allowed = value === undefined ? null : (CEILINGS[key] as Ceiling<unknown>)(value, rules);
    if (allowed === null) return [];
    const limit = shown(key, allowed);
    return [
      {
        key,
        words: `'${key}: ${shown(key, value)}' is more than workspace '${workspace}' allows (${limit})`,
      },
    ];
  });
  return [
    ...above,
    ...unknownChecks(settings, rules, workspace),
    ...askedInVain(settings, rules),
    ...outlinedInVain(settings, rules),
  ]
    .map(({ key, words }) => ({ line: lines[key] ?? 0, words }))
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, words }) => `line ${line}: ${words}`);
}

interface Problem {
  readonly key: SettingName;
  readonly words: string;
}

/** What the owner allows, where `value` is more; else null. */
type Ceiling<Value> = (value: Value, rules: WorkRules) => number | string | null;

const CEILINGS: { readonly [Name in SettingName]?: Ceiling<NonNullable<Settings[Name]>> } = {
  isolation: (asked, { isolation, allowInPlace }) =>
    asked === 'in_place' && isolation !== 'in_place' && !allowInPlace ? isolation : null,
  // A branch alone touches nothing that somebody else uses.
  on_approve: (asked, { onApprove }) => (asked !== 'branch' && asked !== onApprove ? onApprove : null),
  permission_mode: (asked, { policy: { mode } }) => (isMore(asked, mode) ? mode : null),
  budget_usd: (asked, { projectUsd }) => atMost(asked, projectUsd),
  max_rounds: (asked, { maxRounds }) => atMost(asked, maxRounds),
  max_turns: (asked, { maxTurns }) => atMost(asked, maxTurns),
  timeout: (asked, { runTimeoutMs }) => atMost(asked, runTimeoutMs),
};

function atMost(asked: number, limit: number | null): number | null {
  return limit !== null && asked > limit ? limit : null;
}

function shown(key: SettingName, value: unknown): string {
  return key === 'timeout' ? ms(Number(value)) : String(value);
}

function unknownChecks({ checks = [] }: Settings, rules: WorkRules, workspace: string): Problem[] {
  const names = rules.checks.map(({ name }) => name);
  const known = names.join(', ') || 'it has none';
  return checks
    .filter((name) => !names.includes(name))
    .map((name) => ({
      key: 'checks',
      words: `'${cleanLine(name)}' is no check of workspace '${workspace}' (${known})`,
    }));
}

/** Questions of the plan that nobody would ever be asked. Those of the owner are denied then, which is less. */
function askedInVain({ permission_mode: mode, ask }: Settings, { policy }: WorkRules): Problem[] {
  if (ask === undefined) return [];
  const inVain = asksInVain(narrowed(policy, { permissionMode: mode ?? null, ask, deny: null }));
  return inVain ? [{ key: 'ask', words: "in permission mode 'dontAsk' nobody is asked: use 'deny'" }] : [];
}

/** An outline of what could never be done. */
function outlinedInVain({ permission_mode: mode, outline }: Settings, { policy }: WorkRules): Problem[] {
  if (outline !== true) return [];
  const effective = narrowed(policy, { permissionMode: mode ?? null, ask: null, deny: null }).mode;
  if (effective !== 'plan') return [];
  const words = "in permission mode 'plan' no work follows an outline: leave one of both out";
  return [{ key: 'outline', words }];
}
