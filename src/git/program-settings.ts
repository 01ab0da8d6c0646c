/** Which settings of git make it start a program. */
import type { GitSetting } from './config.ts';

/** The settings of a repository that make git start a program, except well-known ones. */
export function programSettings(settings: readonly GitSetting[]): GitSetting[] {
  return settings.filter(({ name, value }) => {
    if (isWellKnown(value)) return false;
    if (PROGRAM_VALUES.some(([key, program]) => key.test(name) && program.test(value))) return true;
    return PROGRAM_KEYS.some((key) => key.test(name)) && !NO_PROGRAM.test(value);
  });
}

/** Whether a setting starts Git LFS or git-crypt as their installers write it. */
export function isWellKnown(value: string): boolean {
  return WELL_KNOWN.some((known) => known.test(value));
}

/** Keys whose value git starts as a program, some of them only for special commands. */
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

/** Keys whose value is a program only in a special form. */
const PROGRAM_VALUES: readonly (readonly [RegExp, RegExp])[] = [
  [/^alias\..+$/, /^\s*!/],
  [/^submodule\..+\.update$/, /^\s*!/],
  [/^(remote\..+\.(url|pushurl)|url\..+\.(insteadof|pushinsteadof))$/, /^ext::/],
];

const NO_PROGRAM = /^(true|false|yes|no|on|off|\d+|)$/i;

/** Written by the installers of Git LFS and git-crypt. Without these, files would be committed in another form. */
const WELL_KNOWN = [
  /^git-lfs (clean|smudge)( --skip)? -- %f$/,
  /^git-lfs filter-process( --skip)?$/,
  /^"?git-crypt"? (clean|smudge|diff)$/,
];
