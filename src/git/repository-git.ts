/**
 * Git in the repository of a person, whose configuration somebody else may have written. The programs it names are not
 * started (tried with git 2.39: each key of program-settings.ts, with the commands that this room uses). Those that the
 * person names in a configuration of their own, and Git LFS and git-crypt, are.
 */
import type { Environment } from '../environment.ts';
import { allConfig, isOfRepository, type ScopedSetting } from './config.ts';
import { type Git, type GitValue, gitEnvironment, runGit } from './git.ts';
import { programSettings } from './program-settings.ts';

export interface RepositoryGit {
  readonly git: Git;
  /** Filters that the repository names and we switch off: files with such an attribute are taken as they are. */
  readonly filtersOff: readonly string[];
  readonly settings: readonly ScopedSetting[];
}

/** Git in this folder. Throws when the configuration cannot be read to its end: git may obey what we have not seen. */
export async function repositoryGit(folder: string, env: Environment): Promise<RepositoryGit> {
  const settings = await allConfig(folder, gitEnvironment(env));
  const own = settings.filter((setting) => !isOfRepository(setting));
  const foreign = programSettings(settings.filter(isOfRepository)).map(({ name }) => name);
  const drivers = new Set(foreign.flatMap((name) => /^filter\.(.+)\.[^.]+$/.exec(name)?.[1] ?? []));
  const filters = [...drivers].map((driver) => guardedFilter(driver, foreign, own));
  const guards = [
    ...filters.flatMap(({ values }) => values),
    ...foreign.flatMap((name) => guardsAgainst(name, own)),
  ];
  const git: Git = (args, { config = [], ...options } = {}) =>
    runGit(env, ['-C', folder, ...args], { ...options, config: [...guards, ...config] });
  const filtersOff = filters.filter(({ isOff }) => isOff).map(({ driver }) => driver);
  return { git, filtersOff, settings };
}

/**
 * The person's own filter, if there is one. It is off where the repository adds a process to it: git lets an empty
 * process fail (seen with git 2.39).
 */
function guardedFilter(driver: string, foreign: readonly string[], own: readonly ScopedSetting[]) {
  const mine = (part: string) => own.findLast(({ name }) => name === `filter.${driver}.${part}`)?.value;
  const isForeign = (part: string) => foreign.includes(`filter.${driver}.${part}`);
  const isOff = PARTS.every((part) => !mine(part)) || (isForeign('process') && !mine('process'));
  const guardOf = (part: string) => (isOff ? '' : (mine(part) ?? (isForeign(part) ? '' : undefined)));
  const values = PARTS.flatMap((part): GitValue[] => {
    const value = guardOf(part);
    return value === undefined ? [] : [[`filter.${driver}.${part}`, value]];
  });
  const required = isOff ? 'false' : (mine('required') ?? 'false');
  return { driver, isOff, values: [...values, [`filter.${driver}.required`, required] as const] };
}

const PARTS = ['clean', 'smudge', 'process'];

/** What the person's own configuration says, else a value that starts nothing. */
function guardsAgainst(name: string, own: readonly ScopedSetting[]): GitValue[] {
  const [, hook] = /^hook\.(.+)\.command$/.exec(name) ?? [];
  if (hook !== undefined) return [[`hook.${hook}.enabled`, 'false']];
  if (HELPER.test(name)) {
    const helpers = own.filter((one) => HELPER.test(one.name));
    // The list of helpers begins again at an empty one.
    return [['credential.helper', ''], ...helpers.map((one): GitValue => [one.name, one.value])];
  }
  const harmless = HARMLESS.find(([key]) => key.test(name));
  const mine = own.findLast((setting) => setting.name === name)?.value;
  return harmless ? [[name, mine ?? harmless[1]]] : [];
}

const HELPER = /^credential\..*helper$/;

/**
 * Where git has no empty value. Keys that are not here are never used: no editor, pager, alias, textconv or external
 * diff takes part in the commands of this room, and `git.ts` sets variables that count more than the rest.
 */
const HARMLESS: readonly (readonly [key: RegExp, value: string])[] = [
  [/^core\.alternaterefscommand$/, 'true'],
  // Also started by a missing object of a partial clone.
  [/^remote\..+\.uploadpack$/, 'git-upload-pack'],
  [/^remote\..+\.receivepack$/, 'git-receive-pack'],
  // No program has such a name.
  [/^remote\..+\.vcs$/, 'none'],
  [/^merge\..+\.driver$/, 'false'],
];
