/** The columns of what a project keeps of its plan's settings. */
import * as z from 'zod';
import { type KeptSettings, type SettingsByColumn, settingsByColumn } from '../project/kept-settings.ts';

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
  return {
    priority: columns.priority,
    model: columns.model,
    maxTurns: columns.max_turns,
    timeoutMs: columns.timeout_ms,
    budgetUsd: columns.budget_usd,
    isolation: columns.isolation,
    base: columns.base,
    checks: textsIn(columns.checks),
    onApprove: columns.on_approve,
    maxRounds: columns.max_rounds,
    dependsOn: textsIn(columns.depends_on),
    outline: columns.outline === 1,
    permissionMode: columns.permission_mode,
    deny: textsIn(columns.deny),
    ask: textsIn(columns.ask),
    answerAfterMs: columns.answer_after_ms,
  };
}

function textsIn(json: string | null): string[] | null {
  return json === null ? null : texts.parse(JSON.parse(json));
}

const texts = z.array(z.string());
