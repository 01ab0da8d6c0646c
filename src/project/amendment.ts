/** What a new revision of a plan may change of a project, and what stays. */
import type { AskedSettings } from './ceilings.ts';
import { givenSettings, type KeptSettings } from './kept-settings.ts';
import type { Project } from './project.ts';
import type { SettingName, Settings } from './settings.ts';

/** The text of a plan, as it was sent or amended. */
export interface PlanRevision {
  /** 1 as it was sent, and one more for each amendment. */
  readonly revision: number;
  readonly markdown: string;
  /** Null for the first. */
  readonly amendedBy: string | null;
  readonly createdAt: string;
}

/** What the record says to whoever works on the round that an amendment ends, instead of a person's reason. */
export function amendedReason(revision: number): string {
  return `The plan was amended: revision ${revision} is the one to follow.`;
}

/** Settings that say where a project is, when it begins and whether by an outline: they were settled when it was sent. */
const SETTLED = [
  'workspace',
  'isolation',
  'base',
  'depends_on',
  'outline',
  'schedule',
  'timezone',
] as const satisfies readonly SettingName[];

/** One line for each setting of an amended plan that would change what is settled. */
export function unsettling({ settings, lines }: AskedSettings, before: Settings, project: Project): string[] {
  const settled: Record<(typeof SETTLED)[number], unknown> = {
    workspace: project.place,
    isolation: project.isolation,
    base: project.base,
    depends_on: project.dependsOn,
    outline: project.outline,
    schedule: null,
    timezone: null,
  };
  return SETTLED.filter(
    (name) =>
      settings[name] !== undefined &&
      !isSame(settings[name], before[name]) &&
      !isSame(settings[name], settled[name]),
  ).map((name) => `line ${lines[name]}: '${name}' cannot be amended; cancel the project and send a new plan`);
}

/** What the project keeps from now on: what the amended plan says nothing of stays as it was. */
export function amendedSettings(project: Project, settings: Settings): KeptSettings {
  const said: Settings = Object.fromEntries(
    Object.entries(settings).filter(([name]) => !(SETTLED as readonly string[]).includes(name)),
  );
  return { ...project, ...givenSettings(said) };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
