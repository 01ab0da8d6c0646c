/** The git repository of a workspace, and settings in it by which somebody else could act through a run. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { capitalize } from '../characters.ts';
import { repositoryConfig } from '../git/config.ts';
import { guardedFromGit } from '../git/guard.ts';
import { programSettings } from '../git/program-settings.ts';
import { plural } from '../project/text.ts';
import { type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';

/** Checks a folder that is known to respond: git would block on another. */
export async function checkRepository(
  context: DoctorContext,
  folder: WorkspaceFolder,
): Promise<FindingFacts[]> {
  return [
    await gitStatus(context, folder),
    ...(await claudeSettingsFiles(folder)),
    ...(await gitPrograms(context, folder)),
  ];
}

const GIT_TIMEOUT_MS = 5_000;

async function gitStatus(context: DoctorContext, { name, path }: WorkspaceFolder): Promise<FindingFacts> {
  const { env } = await context.supervisorEnv();
  // A repository can name programs that `git status` would start.
  const settings = await repositoryConfig(path, env, context.run).catch((error: Error) => error);
  if (settings instanceof Error)
    return problem(path, `${capitalize(name)}: ${settings.message}; no run starts there.`, {
      hint: `See: git -C ${path} config --list --show-origin --includes`,
    });
  const guarded = guardedFromGit(env, settings);
  // Without GIT_OPTIONAL_LOCKS=0, `git status` writes to the index of the repository.
  const options = { env: { ...guarded, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }, timeoutMs: GIT_TIMEOUT_MS };
  const git = await context.run(
    'git',
    ['-C', path, 'status', '--porcelain', '--untracked-files=normal'],
    options,
  );
  if (git.failure === 'missing') return warning(path, `${capitalize(name)}: git is not installed.`);
  if (git.failure === 'late')
    return warning(path, `${capitalize(name)}: git status takes longer than ${GIT_TIMEOUT_MS / 1_000} s.`);
  const changes = git.stdout.split('\n').filter((line) => line !== '').length;
  if (git.code === 0 && changes === 0) return ok(path, `${capitalize(name)}: a clean git repository`);
  if (git.code === 0)
    return warning(path, `${capitalize(name)} has ${plural(changes, 'uncommitted change')}.`, {
      hint: "Commit or stash them, so that Claude's changes can be told apart.",
    });
  if (/not a git repository/.test(git.stderr))
    return warning(
      path,
      `${capitalize(name)} is not a git repository, so Claude's changes cannot be reverted.`,
      {
        hint: `git -C ${path} init`,
      },
    );
  return warning(path, `${capitalize(name)}: git fails there: ${git.stderr.trim().split('\n')[0] ?? ''}`);
}

const SETTINGS_FILES = ['settings.json', 'settings.local.json'].map((name) => join('.claude', name));

async function claudeSettingsFiles({ name, path, claudeSettings }: WorkspaceFolder): Promise<FindingFacts[]> {
  if (claudeSettings !== 'all') return [];
  const isThere = (file: string) =>
    stat(join(path, file))
      .then(() => [file])
      .catch(() => []);
  const found = (await Promise.all(SETTINGS_FILES.map(isThere))).flat();
  if (found.length === 0) return [];
  return [
    warning(
      path,
      `${capitalize(name)} has ${found.join(' and ')}, which apply to its runs (claude_settings is "all"): they can start programs, allow tools and name another service.`,
      {
        hint: 'Unless you wrote all of them, set claude_settings to "user" for this workspace in config.json.',
      },
    ),
  ];
}

async function gitPrograms(context: DoctorContext, { name, path }: WorkspaceFolder): Promise<FindingFacts[]> {
  const { env } = await context.supervisorEnv();
  const programs = programSettings(await repositoryConfig(path, env, context.run));
  if (programs.length === 0) return [];
  const keys = [...new Set(programs.map((setting) => setting.name))].sort();
  return [
    warning(path, `${capitalize(name)}: its git configuration names programs to run: ${keys.join(', ')}.`, {
      hint: `Remove those you do not know: git -C ${path} config --local --list`,
    }),
  ];
}
