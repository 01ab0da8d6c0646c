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
  const foreign = programSettings(settings.filter(isOfRepository));
  const guards = foreign.flatMap(({ name }) => guardsAgainst(name, own));
  const git: Git = (args, { config = [], ...options } = {}) =>
    runGit(env, ['-C', folder, ...args], { ...options, config: [...guards, ...config] });
  const filters = foreign.flatMap(({ name }) => /^filter\.(.+)\.[^.]+$/.exec(name)?.[1] ?? []);
  const filtersOff = [...new Set(filters)].filter((driver) => !isFilter(driver, own));
  return { git, filtersOff, settings };
}

/** What a person's own configuration says, else a value that starts nothing. */
function guardsAgainst(name: string, own: readonly ScopedSetting[]): GitValue[] {
  const mine = (key: string) => own.findLast((setting) => setting.name === key)?.value;
  const [, filter] = /^filter\.(.+)\.[^.]+$/.exec(name) ?? [];
  if (filter !== undefined)
    return [
      ...['clean', 'smudge', 'process'].map((part) => `filter.${filter}.${part}`),
      `filter.${filter}.required`,
    ].map((key) => [key, mine(key) ?? (key.endsWith('.required') ? 'false' : '')]);
  const [, hook] = /^hook\.(.+)\.command$/.exec(name) ?? [];
  if (hook !== undefined) return [[`hook.${hook}.enabled`, 'false']];
  // The list of helpers begins again at an empty one.
  if (/^credential\..*helper$/.test(name))
    return [
      ['credential.helper', ''],
      ...own
        .filter((one) => /^credential\..*helper$/.test(one.name))
        .map((one): GitValue => [one.name, one.value]),
    ];
  const harmless = HARMLESS.find(([key]) => key.test(name));
  return harmless ? [[name, mine(name) ?? harmless[1]]] : [];
}

function isFilter(driver: string, own: readonly ScopedSetting[]): boolean {
  return own.some(({ name }) => name === `filter.${driver}.clean` || name === `filter.${driver}.process`);
}

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
