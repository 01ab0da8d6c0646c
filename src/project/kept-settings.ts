/** What a project keeps of its plan's settings, by the declaration in `settings.ts`. */
import type * as z from 'zod';
import { type Keys, SETTING_KEYS, type SettingName, type Settings } from './settings.ts';

type KeptName = { [Name in SettingName]: Keys[Name] extends { kept: unknown } ? Name : never }[SettingName];
type Kept<Name extends KeptName> = Keys[Name]['kept'];

/** By the names inside the program. */
export type KeptSettings = {
  readonly [Name in KeptName as Kept<Name>['field']]: z.output<Kept<Name>['value']>;
};

/** By the names of the store and of JSON. */
export type SettingsByColumn = {
  [Name in KeptName as Kept<Name>['column']]: z.output<Kept<Name>['value']>;
};

/** The checks of the values, by the names of the store and of JSON. */
export type SettingChecks = { [Name in KeptName as Kept<Name>['column']]: Kept<Name>['value'] };

const KEPT = SETTING_KEYS.flatMap(({ name, kept }) => (kept ? [{ name, ...kept }] : []));

/** What a plan with these settings asks for. */
export function keptSettings(settings: Settings): KeptSettings {
  return Object.fromEntries(
    KEPT.map(({ name, field, absent }) => [field, settings[name] ?? absent]),
  ) as KeptSettings;
}

/** What these settings say, without what they leave out. */
export function givenSettings(settings: Settings): Partial<KeptSettings> {
  const given = KEPT.filter(({ name }) => settings[name] !== undefined);
  return Object.fromEntries(given.map(({ name, field }) => [field, settings[name]])) as Partial<KeptSettings>;
}

/** By name, not in a loop over KEPT: that takes V8 several times as long, and a list of projects has hundreds of them. */
export function settingsByColumn(settings: KeptSettings): SettingsByColumn {
  return {
    priority: settings.priority,
    model: settings.model,
    max_turns: settings.maxTurns,
    timeout_ms: settings.timeoutMs,
    budget_usd: settings.budgetUsd,
    isolation: settings.isolation,
    base: settings.base,
    checks: settings.checks,
    on_approve: settings.onApprove,
    max_rounds: settings.maxRounds,
    depends_on: settings.dependsOn,
    outline: settings.outline,
    permission_mode: settings.permissionMode,
    deny: settings.deny,
    ask: settings.ask,
    answer_after_ms: settings.answerAfterMs,
  };
}

/** Each with what it means. */
export function settingChecks(): SettingChecks {
  return Object.fromEntries(
    KEPT.map(({ column, value, about }) => [column, value.describe(about)]),
  ) as unknown as SettingChecks;
}

/** What the plan asked for, a short text each; nothing of a key that was not given. */
export function shownSettings(settings: KeptSettings): string[] {
  const values: Readonly<Record<string, unknown>> = settings;
  return KEPT.flatMap(({ field, absent, shown }) =>
    shown === undefined || values[field] === absent ? [] : [shown(values[field] as never)],
  );
}
