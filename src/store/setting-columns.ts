/** The columns of what a project keeps of its plan's settings. */
import * as z from 'zod';
import {
  type KeptSettings,
  type SettingsByColumn,
  settingsByColumn,
  settingsByField,
} from '../project/kept-settings.ts';

/** A list is kept as JSON. */
export type SettingColumns = Omit<SettingsByColumn, 'checks'> & { checks: string | null };

export function toSettingColumns(settings: KeptSettings): SettingColumns {
  const { checks, ...columns } = settingsByColumn(settings);
  return { ...columns, checks: checks && JSON.stringify(checks) };
}

export function fromSettingColumns({ checks, ...columns }: SettingColumns): KeptSettings {
  return settingsByField({ ...columns, checks: checks === null ? null : names.parse(JSON.parse(checks)) });
}

const names = z.array(z.string());
