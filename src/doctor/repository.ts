/** What a workspace holds that would work for somebody else than the person when Claude runs in it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { programSettings } from '../claude/git-guard.ts';
import { repositoryConfig } from '../machine/repository-config.ts';
import type { ClaudeSettings } from '../project/workspace.ts';
import type { Patient } from './context.ts';
import { type Observation, warning } from './finding.ts';
import { upper } from './measure.ts';

export interface Workspace {
  /** For a sentence: "workspace website (/code/website)". */
  readonly name: string;
  readonly path: string;
  readonly claudeSettings: ClaudeSettings;
}

export async function repositoryDangers(patient: Patient, workspace: Workspace): Promise<Observation[]> {
  return [...(await ownSettings(workspace)), ...(await gitPrograms(patient, workspace))];
}

const SETTINGS_FILES = ['settings.json', 'settings.local.json'].map((name) => join('.claude', name));

async function ownSettings({ name, path, claudeSettings }: Workspace): Promise<Observation[]> {
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
      `${upper(name)} has ${found.join(' and ')}, which count in its runs (claude_settings is "all"): they can start programs, permit tools and name another service.`,
      { fix: 'If not all of that is your own, set claude_settings to "user" for it in config.json.' },
    ),
  ];
}

async function gitPrograms(patient: Patient, { name, path }: Workspace): Promise<Observation[]> {
  const { env } = await patient.setting();
  const programs = programSettings(await repositoryConfig(path, env, patient.run));
  if (programs.length === 0) return [];
  const keys = [...new Set(programs.map((setting) => setting.name))].sort();
  return [
    warning(path, `${upper(name)}: the configuration of its repository names programs: ${keys.join(', ')}.`, {
      fix: `Take out what you do not know: git -C ${path} config --local --list`,
    }),
  ];
}
