/**
 * Programs that a repository's own configuration names, and the environment in which git does not start them. Claude
 * Code guards its own calls of git (seen in 2.1.329), but lets the model call `git status`, `git diff` and `git log`
 * unasked, and those start them (seen with git 2.39).
 */
import type { Environment } from '../environment.ts';
import type { GitSetting } from '../machine/repository-config.ts';

/** Keys whose value git starts as a program, some only when it is asked for something special. */
const PROGRAM_KEYS: readonly RegExp[] = [
  /^core\.(alternaterefscommand|askpass|editor|fsmonitor|gitproxy|hookspath|pager|sshcommand)$/,
  /^(credential|gpg)\.(.+\.)?(helper|program|defaultkeycommand)$/,
  /^diff\.external$/,
  /^diff\..+\.(command|textconv)$/,
  /^filter\..+\.(clean|smudge|process)$/,
  /^hook\..+\.command$/,
  /^merge\..+\.driver$/,
  /^(browser|difftool|guitool|man|mergetool)\..+\.(cmd|path)$/,
  /^(interactive\.difffilter|sequence\.editor|imap\.tunnel|init\.templatedir|uploadpack\.packobjectshook)$/,
  /^pager\..+$/,
  /^remote\..+\.(receivepack|uploadpack|vcs)$/,
  /^sendemail\.(.+\.)?(headercmd|smtpserver|tocmd|cccmd)$/,
  /^trailer\..+\.(cmd|command)$/,
];

/** Keys whose value is a program only when it is written like one. */
const PROGRAM_VALUES: readonly (readonly [RegExp, RegExp])[] = [
  [/^alias\..+$/, /^\s*!/],
  [/^submodule\..+\.update$/, /^\s*!/],
  [/^(remote\..+\.(url|pushurl)|url\..+\.(insteadof|pushinsteadof))$/, /^ext::/],
];

const NO_PROGRAM = /^(true|false|yes|no|on|off|\d+|)$/i;

/** What the installers of Git LFS and git-crypt write: without them, files would be committed in another form. */
const WELL_KNOWN = [
  /^git-lfs (clean|smudge)( --skip)? -- %f$/,
  /^git-lfs filter-process( --skip)?$/,
  /^"?git-crypt"? (clean|smudge|diff)$/,
];

/** Those of a repository's settings that make git start a program, less what is well known. */
export function programSettings(settings: readonly GitSetting[]): GitSetting[] {
  return settings.filter(({ name, value }) => {
    if (WELL_KNOWN.some((known) => known.test(value))) return false;
    if (PROGRAM_VALUES.some(([key, program]) => key.test(name) && program.test(value))) return true;
    return PROGRAM_KEYS.some((key) => key.test(name)) && !NO_PROGRAM.test(value);
  });
}

/**
 * The environment in which a mere `git status` or `git log` starts no program of the repository. What the environment
 * already says to git stays. Programs that the person's own git configuration names go on working.
 */
export function guardedFromGit(env: Environment, settings: readonly GitSetting[]): Environment {
  const guards = [['core.fsmonitor', 'false'] as const, ...programSettings(settings).flatMap(guardsAgainst)];
  const count = Number(env.GIT_CONFIG_COUNT ?? 0);
  // Of another form git refuses it, with or without us.
  if (!Number.isInteger(count) || count < 0) return env;
  const added = guards.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${count + index}`, name],
    [`GIT_CONFIG_VALUE_${count + index}`, value],
  ]);
  return {
    // Without it `git status` writes the index, and that starts the hook post-index-change.
    GIT_OPTIONAL_LOCKS: '0',
    ...env,
    ...Object.fromEntries(added),
    GIT_CONFIG_COUNT: String(count + guards.length),
  };
}

/**
 * What stands against a setting; nothing where git has no harmless value for it, such as for `diff.external`, or starts
 * it only for what Claude may not do unasked.
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

/** Started by `git log`, where the repository asks for signatures to be shown. */
const SIGNATURE_PROGRAMS: Readonly<Record<string, string>> = {
  'gpg.program': 'gpg',
  'gpg.openpgp.program': 'gpg',
  'gpg.x509.program': 'gpgsm',
  'gpg.ssh.program': 'ssh-keygen',
};
