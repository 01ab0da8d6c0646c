/** The columns of what a project keeps of its plan's settings. */
import {
  type KeptSettings,
  type SettingsByColumn,
  settingsByColumn,
  settingsByField,
} from '../project/kept-settings.ts';

export type SettingColumns = SettingsByColumn;

export function toSettingColumns(settings: KeptSettings): SettingColumns {
  return settingsByColumn(settings);
}

export function fromSettingColumns(row: SettingColumns): KeptSettings {
  return settingsByField(row);
}
