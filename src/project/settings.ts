/**
 * The settings a plan may carry, each declared once: types, columns, `show`, the JSON and the lists of keys follow.
 *
 * To add a key: an entry in KEYS, and its line in the README at the same place. If projects keep it, also a step in
 * `store/sqlite/migrations/` that adds the column, listed in `migrations.ts`, then `npm run schema` and `npm run docs`; the
 * compiler asks for it in `settingsByColumn` and in `store/setting-columns.ts`, which turns a value that is neither text
 * nor number into a column. What the key does is written where it is done, from `project.<field>`. Update the snapshots
 * with `vitest run FILE -u` and read their diff.
 */
import ms from 'ms';
import * as z from 'zod';
import { durationRule } from '../duration.ts';
import { within } from './duration-setting.ts';
import { isProjectId, type ProjectId } from './ids.ts';
import { LANDING_ACTIONS, type LandingAction } from './landing.ts';
import { MODEL_NAME_RULE, modelName } from './model-name.ts';
import { POLICY_KEYS } from './policy-settings.ts';
import { LIMITS } from './text.ts';
import { isCron, isTimezone } from './timetable.ts';
import { ISOLATIONS } from './workspace.ts';

interface Key {
  /** Reads the value as YAML gives it. */
  readonly check: z.ZodType;
  /** What is allowed, to stand behind "must be". */
  readonly allowed: string;
  /** What to know about the value, for the lists of keys that have room for it. */
  readonly hint?: string;
  /** What a project keeps of it; without it the key only says which title or workspace the project gets. */
  readonly kept?: Kept;
}

interface Kept {
  /** Its name in the program; `column` is its name in the store and in JSON. */
  readonly field: string;
  readonly column: string;
  readonly value: z.ZodType;
  /** The value of a plan without the key. `show` says nothing of it. */
  readonly absent: unknown;
  /** What it means, for the documentation of the JSON. */
  readonly about: string;
  /** How `show` says it; undefined where `show` says it with something else. */
  readonly shown: ((value: never) => string) | undefined;
}

const TIMEOUT_LIMITS = { min: 1_000, max: 7 * 24 * 3_600_000 };
const EXPIRY_LIMITS = { min: 60_000, max: 365 * 24 * 3_600_000 };
const MAX_DEPENDENCIES = 20;

const KEYS = {
  title: {
    check: z.string().trim().min(1).max(LIMITS.title),
    allowed: `a text of 1 to ${LIMITS.title} characters`,
  },
  workspace: {
    check: z.string().trim().min(1),
    allowed: 'the name of a configured workspace, or a path inside an allowed root',
  },
  priority: {
    check: z.int().min(-100).max(100),
    allowed: 'a whole number from -100 to 100',
    hint: '-100 to 100, higher first',
    kept: {
      field: 'priority',
      column: 'priority',
      value: z.int(),
      absent: 0,
      about: 'higher runs first; equal priorities run oldest first',
      shown: (priority: number) => `priority ${priority}`,
    },
  },
  model: {
    check: modelName,
    allowed: MODEL_NAME_RULE,
    kept: {
      field: 'model',
      column: 'model',
      value: z.string().nullable(),
      absent: null,
      about: 'asked for by the plan; null: the configured one',
      shown: (model: string) => `model ${model}`,
    },
  },
  max_turns: {
    check: z.int().min(1).max(10_000),
    allowed: 'a whole number from 1 to 10000',
    kept: {
      field: 'maxTurns',
      column: 'max_turns',
      value: z.int().min(0).nullable(),
      absent: null,
      about: 'of one run; null: no limit',
      shown: (turns: number) => `at most ${turns === 1 ? '1 turn' : `${turns} turns`}`,
    },
  },
  timeout: {
    check: z.string().transform(within(TIMEOUT_LIMITS)),
    allowed: durationRule(TIMEOUT_LIMITS),
    hint: 'such as 45m or 2h',
    kept: {
      field: 'timeoutMs',
      column: 'timeout_ms',
      value: z.int().min(0).nullable(),
      absent: null,
      about: 'how long one run may take; null: the configured time',
      shown: (timeoutMs: number) => `at most ${ms(timeoutMs)} a run`,
    },
  },
  budget_usd: {
    check: z.number().positive().max(100_000),
    allowed: 'a number of US dollars above 0',
    kept: {
      field: 'budgetUsd',
      column: 'budget_usd',
      value: z.number().min(0).nullable(),
      absent: null,
      about: 'what all its runs together may cost; null: no limit',
      // Beside what was spent of it.
      shown: undefined,
    },
  },
  isolation: {
    check: z.enum(ISOLATIONS),
    allowed: "'worktree' or 'in_place'",
    kept: {
      field: 'isolation',
      column: 'isolation',
      value: z.enum(ISOLATIONS).nullable(),
      absent: null,
      about:
        'where Claude works: in a git worktree of its own, or in the workspace itself (in_place, also null: sent before there was a choice)',
      // Beside the workspace.
      shown: undefined,
    },
  },
  base: {
    // It becomes an argument of git: what starts with '-' would be read as an option there.
    check: z
      .string()
      .max(200)
      .regex(/^\w[\w./@#+-]*$/),
    allowed: 'a branch of the repository',
    kept: {
      field: 'base',
      column: 'base',
      value: z.string().nullable(),
      absent: null,
      about:
        'the branch that the work begins from, or the commit where no branch was checked out; null: in_place',
      shown: undefined,
    },
  },
  checks: {
    check: z
      .union([z.string(), z.array(z.string()).min(1).max(20)])
      .transform((names) => (typeof names === 'string' ? [names] : names)),
    allowed: 'names of checks of the workspace, such as [test, lint]',
    hint: "names of some of the workspace's checks",
    kept: {
      field: 'checks',
      column: 'checks',
      value: z.array(z.string()).readonly().nullable(),
      absent: null,
      about: 'which checks of the workspace run on the work; null: all',
      shown: (names: readonly string[]) => `checks: ${names.join(', ')}`,
    },
  },
  on_approve: {
    check: z.enum(LANDING_ACTIONS),
    allowed: "'merge', 'branch' or 'push'",
    kept: {
      field: 'onApprove',
      column: 'on_approve',
      value: z.enum(LANDING_ACTIONS).nullable(),
      absent: null,
      about: 'what an approval does with work that was done in a worktree; null: as the workspace says',
      shown: (action: LandingAction) => `on approval: ${action}`,
    },
  },
  max_rounds: {
    check: z.int().min(1).max(100),
    allowed: 'a whole number from 1 to 100',
    kept: {
      field: 'maxRounds',
      column: 'max_rounds',
      value: z.int().min(1).nullable(),
      absent: null,
      about: 'how many rounds it may have before a person looks at it; null: as the workspace says',
      shown: (rounds: number) => `at most ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    },
  },
  expires: {
    check: z.string().transform(within(EXPIRY_LIMITS)),
    allowed: durationRule(EXPIRY_LIMITS),
    hint: 'such as 24h: cancelled unless begun by then',
  },
  depends_on: {
    check: z
      .union([z.string(), z.array(z.string()).min(1).max(MAX_DEPENDENCIES)])
      .transform((ids) => (typeof ids === 'string' ? [ids] : ids))
      .pipe(z.array(z.string().refine(isProjectId)))
      .transform((ids) => [...new Set(ids)] as ProjectId[]),
    allowed: `1 to ${MAX_DEPENDENCIES} ids of projects, 12 hex digits each, such as [3f9a0c1d2e4b]`,
    hint: 'ids of projects that must be complete first',
    kept: {
      field: 'dependsOn',
      column: 'depends_on',
      value: z.array(z.string()).readonly().nullable(),
      absent: null,
      about: 'ids of the projects that it was to wait for; null: none',
      // Beside how far they are.
      shown: undefined,
    },
  },
  outline: {
    check: z.boolean(),
    allowed: "'true' or 'false'",
    hint: 'true: an outline first',
    kept: {
      field: 'outline',
      column: 'outline',
      value: z.boolean(),
      absent: false,
      about: 'whether Claude first submits how it means to do it, and changes nothing until that is approved',
      shown: () => 'outline first',
    },
  },
  ...POLICY_KEYS,
  schedule: {
    check: z.string().trim().max(100).refine(isCron),
    allowed: "a cron expression of five fields, such as '0 6 * * 1'",
    hint: "'0 6 * * 1': again each time",
  },
  timezone: {
    check: z.string().trim().max(100).refine(isTimezone),
    allowed: "a time zone such as 'Europe/Berlin'",
    hint: 'of the schedule',
  },
} as const satisfies Record<string, Key>;

export type Keys = typeof KEYS;
export type SettingName = keyof Keys;
export type Settings = { [Name in SettingName]?: z.output<Keys[Name]['check']> };

/** Where each stands in a plan. */
export type SettingLines = { readonly [Name in SettingName]?: number };

export const SETTING_NAMES = Object.keys(KEYS) as readonly SettingName[];

/** Every key with what is kept of it, in the order of the declaration. */
export const SETTING_KEYS: readonly (Key & { readonly name: SettingName })[] = SETTING_NAMES.map((name) => ({
  name,
  ...KEYS[name],
}));

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(KEYS, name);
}

/** The keys with their hints, for a text: `title, priority (-100 to 100, higher first), …`. */
export function listOfSettings(): string {
  return SETTING_KEYS.map(({ name, hint }) => (hint === undefined ? name : `${name} (${hint})`)).join(', ');
}

/** Texts are taken as they are written: `title: 404` is the text "404". */
const TEXTS: readonly SettingName[] = ['title', 'workspace', 'model', 'base', 'depends_on'];

/** A value as YAML reads it, and as it is written where it is a plain word. */
export interface WrittenValue {
  readonly value: unknown;
  readonly source: string | undefined;
}

/** Adds a setting to `settings`, or returns the words for what is allowed. */
export function addSetting(
  settings: Settings,
  name: SettingName,
  { value, source }: WrittenValue,
): string | undefined {
  const isWord = typeof value === 'number' || typeof value === 'boolean';
  const meant = TEXTS.includes(name) && isWord ? source : value;
  const read = KEYS[name].check.safeParse(meant);
  if (!read.success) return `'${name}' must be ${KEYS[name].allowed}`;
  Object.assign(settings, { [name]: read.data });
  return undefined;
}
