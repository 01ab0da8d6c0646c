/** The settings of a measure dir: what decides about content, from the repository, and what must not vary. */
import { isOfRepository, type ScopedSetting } from './config.ts';
import type { GitValue } from './git.ts';
import { isWellKnown } from './program-settings.ts';

/** For a folder in which git has these settings, in the order in which it reads them. */
export function contentSettings(settings: readonly ScopedSetting[]): GitValue[] {
  const copied = settings.filter(({ name, value }) => CONTENT.test(name) && value !== '');
  const values = [...copied, ...filtersOf(settings)].map(({ name, value }): GitValue => [name, value]);
  return [...FALLBACKS, ...values, ...FIXED];
}

/** Line ends, kinds of files, forms of names, and whose work a commit is. */
const CONTENT =
  /^(core\.(autocrlf|eol|ignorecase|filemode|symlinks|precomposeunicode|longpaths|checkroundtripencoding|sparsecheckout)|user\.(name|email))$/;

const FALLBACKS: readonly GitValue[] = [
  ['user.name', 'bridge-supervisor'],
  ['user.email', 'bridge-supervisor@localhost'],
];

const FIXED: readonly GitValue[] = [
  // Bare folders refuse a work tree.
  ['core.bare', 'false'],
  // Each of these could hide a change.
  ['core.untrackedcache', 'false'],
  ['core.trustctime', 'true'],
  ['core.checkstat', 'default'],
  ['core.excludesfile', '/dev/null'],
  ['core.attributesfile', '/dev/null'],
  // A line end that does not survive is no reason to refuse a file.
  ['core.safecrlf', 'false'],
  // A file of 200 MB takes 14 s otherwise (seen with git 2.39).
  ['core.compression', '0'],
  ['core.bigfilethreshold', '1m'],
  ['uploadpack.allowanysha1inwant', 'true'],
];

/** The filters a person has for all repositories, and the well-known ones of this repository. */
function filtersOf(settings: readonly ScopedSetting[]): ScopedSetting[] {
  const programs = settings.filter(({ name }) => PROGRAM.test(name));
  const trusted = programs.filter((setting) => !isOfRepository(setting) || isWellKnown(setting.value));
  const drivers = new Set(trusted.map(({ name }) => name.slice(0, name.lastIndexOf('.'))));
  const required = settings.filter(({ name }) => drivers.has(name.replace(/\.required$/, '')));
  return [...trusted, ...required];
}

const PROGRAM = /^filter\..+\.(clean|smudge|process)$/;
