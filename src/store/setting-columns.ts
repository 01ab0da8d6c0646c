/** The columns of what a project keeps of its plan's settings. */
import * as z from 'zod';
import {
  type KeptSettings,
  type SettingsByColumn,
  settingsByColumn,
  settingsByField,
} from '../project/kept-settings.ts';

/** Lists are kept as JSON. */
const LISTS = ['checks', 'depends_on', 'deny', 'ask'] as const satisfies readonly (keyof SettingsByColumn)[];
type List = (typeof LISTS)[number];

/** 0 or 1. */
type Flag = 'outline';

export type SettingColumns = Omit<SettingsByColumn, List | Flag> &
  Record<List, string | null> &
  Record<Flag, number>;

export function toSettingColumns(settings: KeptSettings): SettingColumns {
  const columns = settingsByColumn(settings);
  const lists = LISTS.map((name) => [name, columns[name] && JSON.stringify(columns[name])]);
  const outline = columns.outline ? 1 : 0;
  return { ...columns, ...(Object.fromEntries(lists) as Record<List, string | null>), outline };
}

export function fromSettingColumns(columns: SettingColumns): KeptSettings {
  return settingsByField(columns, READ);
}

function textsIn(json: string | null): string[] | null {
  return json === null ? null : texts.parse(JSON.parse(json));
}

const READ = {
  checks: textsIn,
  depends_on: textsIn,
  deny: textsIn,
  ask: textsIn,
  outline: (flag: number) => flag === 1,
} as const satisfies Record<List | Flag, (stored: never) => unknown>;

const texts = z.array(z.string());
