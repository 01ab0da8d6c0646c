/** What a plan may ask for: less than the owner allows, never more. */
import type { SettingLines, SettingName, Settings } from './settings.ts';
import { cleanLine } from './text.ts';
import type { WorkRules } from './work-rules.ts';

/** The settings of a plan, and the line of each. */
export interface AskedSettings {
  readonly settings: Settings;
  readonly lines: SettingLines;
}

/** What is more than the owner allows in the workspace of this name, one line each. */
export function aboveCeilings(
  { settings, lines }: AskedSettings,
  rules: WorkRules,
  workspace: string,
): string[] {
  const above = (key: SettingName, isAbove: boolean, allowed: number | string): string[] =>
    isAbove
      ? [
          `line ${lines[key]}: '${key}: ${settings[key]}' is more than workspace '${workspace}' allows (${allowed})`,
        ]
      : [];
  const {
    isolation,
    on_approve: onApprove,
    max_rounds: maxRounds,
    budget_usd: budgetUsd,
    checks = [],
  } = settings;
  const names = rules.checks.map(({ name }) => name);
  const isUnknown = (name: string) => !names.includes(name);
  return [
    ...above('isolation', isolation === 'in_place' && mayNotBeInPlace(rules), rules.isolation),
    ...checks
      .filter(isUnknown)
      .map(
        (name) =>
          `line ${lines.checks}: '${cleanLine(name)}' is no check of workspace '${workspace}' (${names.join(', ') || 'it has none'})`,
      ),
    // A branch alone touches nothing that somebody else uses.
    ...above(
      'on_approve',
      onApprove !== undefined && onApprove !== 'branch' && onApprove !== rules.onApprove,
      rules.onApprove,
    ),
    ...above(
      'budget_usd',
      (budgetUsd ?? 0) > (rules.projectUsd ?? Number.POSITIVE_INFINITY),
      rules.projectUsd ?? '',
    ),
    ...above('max_rounds', maxRounds !== undefined && maxRounds > rules.maxRounds, rules.maxRounds),
  ];
}

function mayNotBeInPlace({ isolation, allowInPlace }: WorkRules): boolean {
  return isolation !== 'in_place' && !allowInPlace;
}
