/**
 * What a person should know of a round before they decide, besides the diff: each kind with its sentence.
 *
 * To add a kind: a line here, and where it is found: src/evidence/warnings.ts.
 */
const SENTENCES = {
  outline_changed_files: 'files changed, though only an outline was asked for',
  hidden_from_git: 'git status does not show all of these changes',
  ignore_rules_changed: 'the rules by which git ignores files changed',
  attributes_changed: 'the attributes by which git reads and compares files changed',
  check_inputs_changed: 'files that decide what the checks test changed, or tests were removed',
  repository_config_changed: 'the configuration of the repository changed, which can start programs',
  hooks_changed: 'the hooks of the repository changed, which git starts',
  refs_moved: 'branches or tags of the repository changed',
  nested_repository: 'a repository lies inside: what it holds is in no diff',
  submodule_moved: 'a submodule points to another commit: what that holds is in no diff',
  symlink_outside: 'a symbolic link leads out of the folder',
  executable_added: 'files became executable',
  large_file: 'large files were added or changed',
  special_file: 'pipes, sockets or devices lie in the folder: they are in no diff',
  unreadable: 'files cannot be read: they are in no diff',
  case_clash: 'names differ in case alone: some systems can hold only one of them',
  checks_changed_files: 'the checks changed files, which are part of the result',
  call_cut_off: 'Claude was ended in calls that you had allowed: they may have been made, or not',
  left_folder: 'Claude says that it changed files outside the folder: they are in no diff',
} as const;

export type WarningKind = keyof typeof SENTENCES;

export const WARNING_KINDS = Object.keys(SENTENCES) as readonly WarningKind[];

/** The sentence of a kind, without capital letter and full stop. */
export function describeWarning(kind: WarningKind): string {
  return SENTENCES[kind];
}
