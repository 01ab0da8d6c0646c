/** What a project keeps of its plan's settings, in the program and in the store. */
import { expect, test } from 'vitest';
import { type KeptSettings, keptSettings, settingsByColumn } from '../../src/project/kept-settings.ts';
import { SETTING_KEYS } from '../../src/project/settings.ts';
import { fromSettingColumns, toSettingColumns } from '../../src/store/setting-columns.ts';

const declared = SETTING_KEYS.flatMap(({ kept }) => (kept ? [kept] : []));

/** A value of its own for each key, of the kind that the key has. */
const settings = Object.fromEntries(
  declared.map(({ field, absent }, number) => [field, typeof absent === 'boolean' ? !absent : number + 1]),
) as unknown as KeptSettings;

test.each(declared)('a setting $field of a project goes by $column in the store and in JSON', ({
  field,
  column,
}) => {
  const columns: Readonly<Record<string, unknown>> = settingsByColumn(settings);
  expect(columns[column]).toBe((settings as Readonly<Record<string, unknown>>)[field]);
});

test('settings by column are those that are declared, in their order, and no more', () => {
  expect(Object.keys(settingsByColumn(settings))).toEqual(declared.map(({ column }) => column));
});

test('settings come back from the store as they were, and so do those that were not given', () => {
  const lists = { checks: ['a', 'b'], dependsOn: ['0123456789ab'], deny: ['WebFetch'], ask: [] };
  const given = { ...settings, ...lists } as unknown as KeptSettings;
  expect(fromSettingColumns(toSettingColumns(given))).toEqual(given);
  expect(fromSettingColumns(toSettingColumns(keptSettings({})))).toEqual(keptSettings({}));
});
