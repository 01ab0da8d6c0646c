/** What a person should know of a round besides its diff. Pure: facts in, warnings out. */
import { posix } from 'node:path';
import type { Change, Warning } from '../project/evidence.ts';
import { WARNING_KINDS, type WarningKind } from '../project/warning.ts';
import { clashes } from './case-clash.ts';
import { changedCheckInputs } from './check-inputs.ts';

/** Paths are relative to the top of what was measured, unless said otherwise. */
export interface RoundFacts {
  /** An outline was asked for: nothing was to change. */
  readonly outline: boolean;
  /** From the base to the result. */
  readonly changes: readonly Change[];
  /** Every file of the result. */
  readonly paths: readonly string[];
  /** Where each symbolic link among the changes leads, as it is written in the link. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Changes that `git status` in the worktree does not show. */
  readonly hiddenFromGit: readonly string[];
  /** What is not as it was before the first run: names of settings, of hooks, of refs. */
  readonly repository: {
    readonly config: readonly string[];
    readonly hooks: readonly string[];
    readonly refs: readonly string[];
  };
  readonly nestedRepositories: readonly string[];
  readonly movedSubmodules: readonly string[];
  readonly specialFiles: readonly string[];
  readonly unreadable: readonly string[];
  readonly changedByChecks: readonly string[];
  /** What Claude says it changed elsewhere, in its words. */
  readonly claimedOutside: readonly string[];
  /** The owner's globs. */
  readonly checkInputs: readonly string[];
}

/** All warnings, in the order of their kinds. */
export function warningsOf(facts: RoundFacts): Warning[] {
  return WARNING_KINDS.flatMap((kind) => {
    if (kind === 'call_cut_off') return [];
    const paths = [...new Set(PATHS[kind](facts))];
    return paths.length === 0 ? [] : [shortened(kind, paths)];
  });
}

/** Far above what a person changes at once. */
const MAX_FILE_BYTES = 5_000_000;
const MAX_PATHS = 100;

/** Of those that are measured: the record of the round knows the others. */
const PATHS: Readonly<
  Record<Exclude<WarningKind, 'call_cut_off'>, (facts: RoundFacts) => readonly string[]>
> = {
  outline_changed_files: ({ outline, changes }) => (outline ? changes.map(({ path }) => path) : []),
  hidden_from_git: ({ hiddenFromGit }) => hiddenFromGit,
  ignore_rules_changed: ({ changes }) => changesOf(changes, '.gitignore'),
  attributes_changed: ({ changes }) => changesOf(changes, '.gitattributes'),
  check_inputs_changed: ({ changes, checkInputs }) => changedCheckInputs(changes, checkInputs),
  repository_config_changed: ({ repository }) => repository.config,
  hooks_changed: ({ repository }) => repository.hooks,
  refs_moved: ({ repository }) => repository.refs,
  nested_repository: ({ nestedRepositories }) => nestedRepositories,
  submodule_moved: ({ movedSubmodules }) => movedSubmodules,
  symlink_outside: ({ links }) => links.filter(leadsOutside).map(({ path }) => path),
  executable_added: ({ changes }) =>
    changes.filter(({ mode, status }) => mode === EXECUTABLE && status !== 'D').map(({ path }) => path),
  large_file: ({ changes }) =>
    changes.filter(({ size, status }) => size > MAX_FILE_BYTES && status !== 'D').map(({ path }) => path),
  special_file: ({ specialFiles }) => specialFiles,
  unreadable: ({ unreadable }) => unreadable,
  case_clash: ({ changes, paths }) =>
    clashes(
      changes.filter(isNewName).map(({ path }) => path),
      paths,
    ),
  checks_changed_files: ({ changedByChecks }) => changedByChecks,
  left_folder: ({ claimedOutside }) => claimedOutside,
};

const EXECUTABLE = '100755';

function changesOf(changes: readonly Change[], name: string): string[] {
  return changes
    .filter(({ path, oldPath = path }) => [path, oldPath].some((one) => posix.basename(one) === name))
    .map(({ path }) => path);
}

function isNewName({ status }: Change): boolean {
  return status === 'A' || status === 'R';
}

/** By the link alone: through another link it may still lead elsewhere. */
function leadsOutside({ path, target }: RoundFacts['links'][number]): boolean {
  const isAbsolute = posix.isAbsolute(target) || /^[A-Za-z]:|^\\/.test(target);
  const end = posix.join(posix.dirname(path), target);
  return isAbsolute || end === '..' || end.startsWith('../');
}

function shortened(kind: WarningKind, paths: readonly string[]): Warning {
  const more = paths.length - MAX_PATHS;
  return { kind, paths: paths.slice(0, MAX_PATHS), detail: more > 0 ? `and ${more} more` : '' };
}
