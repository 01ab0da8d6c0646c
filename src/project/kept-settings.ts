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

export function settingsByColumn(settings: KeptSettings): SettingsByColumn {
  const values: Readonly<Record<string, unknown>> = settings;
  const columns = { ...NO_COLUMNS };
  for (const { field, column } of KEPT) columns[column] = values[field];
  return columns as SettingsByColumn;
}

/**
 * @param columns Their values, as they are stored.
 * @param read For each column that is stored in another form: its value.
 */
export function settingsByField(
  columns: Readonly<Record<keyof SettingsByColumn, unknown>>,
  read: Readonly<Record<string, (stored: never) => unknown>>,
): KeptSettings {
  const settings = { ...NO_FIELDS };
  for (const { field, column } of KEPT) {
    const stored = columns[column as keyof SettingsByColumn];
    settings[field] = read[column]?.(stored as never) ?? stored;
  }
  return settings as KeptSettings;
}

const NO_COLUMNS = blank('column');
const NO_FIELDS = blank('field');

/** Each name with null. A list of projects is made of copies of it: to give an object its keys one by one takes V8 longer. */
function blank(name: 'field' | 'column'): Record<string, unknown> {
  // What JSON.parse makes has its keys in one go, too.
  return JSON.parse(JSON.stringify(Object.fromEntries(KEPT.map((kept) => [kept[name], null]))));
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
