/** Settings in a workspace by which somebody else could act through a run. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { programSettings } from '../claude/git-guard.ts';
import { repositoryConfig } from '../machine/repository-config.ts';
import type { ClaudeSettings } from '../project/workspace.ts';
import { type CheckResult, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import { upper } from './wording.ts';

export interface Workspace {
  /** For a sentence: "workspace website (/code/website)". */
  readonly name: string;
  readonly path: string;
  readonly claudeSettings: ClaudeSettings;
}

export async function repositoryDangers(
  context: DoctorContext,
  workspace: Workspace,
): Promise<CheckResult[]> {
  return [...(await ownSettings(workspace)), ...(await gitPrograms(context, workspace))];
}

const SETTINGS_FILES = ['settings.json', 'settings.local.json'].map((name) => join('.claude', name));

async function ownSettings({ name, path, claudeSettings }: Workspace): Promise<CheckResult[]> {
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
      `${upper(name)} has ${found.join(' and ')}, which apply to its runs (claude_settings is "all"): they can start programs, allow tools and name another service.`,
      {
        hint: 'Unless you wrote all of them, set claude_settings to "user" for this workspace in config.json.',
      },
    ),
  ];
}

async function gitPrograms(context: DoctorContext, { name, path }: Workspace): Promise<CheckResult[]> {
  const { env } = await context.supervisorEnv();
  const programs = programSettings(await repositoryConfig(path, env, context.run));
  if (programs.length === 0) return [];
  const keys = [...new Set(programs.map((setting) => setting.name))].sort();
  return [
    warning(path, `${upper(name)}: its git configuration names programs to run: ${keys.join(', ')}.`, {
      hint: `Remove those you do not know: git -C ${path} config --local --list`,
    }),
  ];
}
