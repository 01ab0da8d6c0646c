/**
 * Keeps git from starting the programs that the configuration of a repository names. Claude Code guards its own calls
 * of git (seen in 2.1.329), but lets the model call `git status`, `git diff` and `git log` without asking, and these
 * start them (seen with git 2.39).
 */
import type { Environment } from '../environment.ts';
import type { GitSetting } from './config.ts';
import { programSettings } from './program-settings.ts';

/**
 * The environment in which `git status` or `git log` starts no program of the repository. What the environment already
 * tells git stays. Programs that the git configuration of the person names still work.
 */
export function guardedFromGit(env: Environment, settings: readonly GitSetting[]): Environment {
  const guards = [['core.fsmonitor', 'false'] as const, ...programSettings(settings).flatMap(guardsAgainst)];
  const count = Number(env.GIT_CONFIG_COUNT ?? 0);
  // Git refuses another form, with or without us.
  if (!Number.isInteger(count) || count < 0) return env;
  const added = guards.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${count + index}`, name],
    [`GIT_CONFIG_VALUE_${count + index}`, value],
  ]);
  return {
    // Otherwise `git status` writes the index, which starts the hook post-index-change.
    GIT_OPTIONAL_LOCKS: '0',
    ...env,
    ...Object.fromEntries(added),
    GIT_CONFIG_COUNT: String(count + guards.length),
  };
}

/**
 * Values that override a setting. Empty where git has no harmless value, such as for `diff.external`, or starts the
 * program only for commands that Claude may not run without asking.
 */
function guardsAgainst({ name }: GitSetting): (readonly [name: string, value: string])[] {
  const [, kind = '', driver = ''] = /^(filter|diff|hook)\.(.+)\.[^.]+$/.exec(name) ?? [];
  if (kind === 'filter')
    return [
      ...['clean', 'smudge', 'process'].map((part) => [`filter.${driver}.${part}`, ''] as const),
      [`filter.${driver}.required`, 'false'],
    ];
  if (kind === 'hook') return [[`hook.${driver}.enabled`, 'false']];
  if (name.endsWith('.textconv')) return [[name, 'cat']];
  const signature = SIGNATURE_PROGRAMS[name];
  return signature === undefined ? [] : [[name, signature]];
}

/** Started by `git log` where the repository asks to show signatures. */
const SIGNATURE_PROGRAMS: Readonly<Record<string, string>> = {
  'gpg.program': 'gpg',
  'gpg.openpgp.program': 'gpg',
  'gpg.x509.program': 'gpgsm',
  'gpg.ssh.program': 'ssh-keygen',
};
