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
  return settingsByField({
    ...columns,
    checks: textsIn(columns.checks),
    depends_on: textsIn(columns.depends_on),
    deny: textsIn(columns.deny),
    ask: textsIn(columns.ask),
    outline: columns.outline === 1,
  });
}

function textsIn(json: string | null): string[] | null {
  return json === null ? null : texts.parse(JSON.parse(json));
}

const texts = z.array(z.string());
