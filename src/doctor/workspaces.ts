/** The folders Claude may work in. Each is looked at by a process of its own: one on a dead network drive hangs for ever. */

import * as z from 'zod';
import { guardedFromGit } from '../claude/git-guard.ts';
import type { Config } from '../config.ts';
import { expandHome } from '../home-path.ts';
import { findOverlap, liesIn } from '../machine/folder-overlap.ts';
import { parseJson } from '../machine/parse-json.ts';
import { repositoryConfig } from '../machine/repository-config.ts';
import { guardedBy } from '../machine/service/guarded-folders.ts';
import { type ClaudeSettings, namedWorkspaces } from '../project/workspace.ts';
import { workspacesFolder } from '../state-folder.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, warning } from './finding.ts';
import { counted, upper } from './measure.ts';
import { repositoryDangers } from './repository.ts';

export function workspacesGroup(patient: Patient): Group {
  return {
    name: 'workspaces',
    title: 'Workspaces',
    checks: [{ name: 'folder', subject: 'workspaces', limitMs: LIMIT_MS, look: () => folders(patient) }],
  };
}

const LIMIT_MS = 30_000;
const PROBE_MS = 5_000;

async function folders(patient: Patient): Promise<Observation[]> {
  const configured = foldersOf(await patient.config());
  const own = workspacesFolder(patient.home);
  if (configured.length === 0)
    return [ok(own, `None is configured: each project gets a new folder in ${own}`)];
  const looks = await Promise.all(configured.map((folder) => look(patient, folder)));
  // One that does not answer would keep this process waiting too.
  const answering = configured.filter((_, index) => looks[index]?.verdict !== 'problem');
  const workspaces = answering.filter(({ isWorkspace }) => isWorkspace);
  const dangers = await Promise.all(
    workspaces.map(({ title, path, claudeSettings }) =>
      repositoryDangers(patient, { name: `${title} (${path})`, path, claudeSettings }),
    ),
  );
  return [...looks, ...dangers.flat(), ...(await nested(workspaces))];
}

/** Their plans never run at the same time, which may surprise whoever counts on `concurrency`. */
async function nested(workspaces: readonly Folder[]): Promise<Observation[]> {
  const found: Observation[] = [];
  for (const [index, one] of workspaces.entries())
    for (const other of workspaces.slice(index + 1)) {
      if (one.path === other.path || !(await findOverlap(one.path, [other.path]))) continue;
      const both = `${one.title} (${one.path}) and ${other.title} (${other.path})`;
      found.push(
        warning(one.path, `${upper(both)} share files: plans for one wait while a plan for the other runs.`, {
          fix: 'If they should run at the same time, give them folders of which none lies in the other.',
        }),
      );
    }
  return found;
}

interface Folder {
  /** For a sentence: "workspace website". */
  readonly title: string;
  readonly path: string;
  /** Claude works in this one itself, and not only below it. */
  readonly isWorkspace: boolean;
  /** Whose Claude settings count in it. */
  readonly claudeSettings: ClaudeSettings;
}

function foldersOf({ workspaces, workspace, workspace_roots, claude_settings }: Config): Folder[] {
  const named = namedWorkspaces(workspaces).map(({ name, path, claudeSettings = claude_settings }) => ({
    title: `workspace ${name}`,
    path,
    isWorkspace: true,
    claudeSettings,
  }));
  const usual =
    workspace !== undefined && !Object.hasOwn(workspaces, workspace) ? [expandHome(workspace)] : [];
  return [
    ...named,
    ...usual.map((path) => ({
      title: 'the default workspace',
      path,
      isWorkspace: true,
      claudeSettings: claude_settings,
    })),
    ...workspace_roots.map((path) => ({
      title: 'the root',
      path,
      isWorkspace: false,
      claudeSettings: claude_settings,
    })),
  ];
}

const PROBE = `
const { accessSync, constants, realpathSync, statSync, existsSync } = require('node:fs');
const [path] = process.argv.slice(1);
const can = (work) => { try { return work() } catch (error) { return error.code } };
console.log(JSON.stringify({
  folder: can(() => statSync(path).isDirectory()),
  real: can(() => realpathSync(path)),
  writable: can(() => accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK) === undefined),
}));`;

const probed = z.object({
  folder: z.union([z.boolean(), z.string()]),
  real: z.string(),
  writable: z.union([z.boolean(), z.string()]),
});

async function look(patient: Patient, { title, path, isWorkspace }: Folder): Promise<Observation> {
  const subject = path;
  const name = `${title} (${path})`;
  const correct = { fix: 'Create it, or correct config.json, then: bridge-supervisor restart' };
  const guard = await guardedBy(patient.platform, patient.personHome, path);
  if (guard !== null) return warning(subject, guard);
  const node = patient.entry[0] ?? process.execPath;
  const asked = await patient.run(node, ['-e', PROBE, path], { env: patient.env, timeoutMs: PROBE_MS });
  if (asked.failure === 'late')
    return problem(
      subject,
      `${upper(name)} does not answer: a network drive that is away, or a folder that this system guards.`,
      {
        fix: 'Connect the drive, or allow the program access to the folder.',
      },
    );
  const facts = probed.safeParse(parseJson(asked.stdout)).data;
  if (!facts) return problem(subject, `${upper(name)} could not be looked at: ${asked.stderr.trim()}`);
  if (facts.folder === 'ENOENT' || facts.folder === 'ENOTDIR')
    return problem(subject, `${upper(name)} does not exist.`, correct);
  if (facts.folder === false) return problem(subject, `${upper(name)} is not a folder.`, correct);
  if (facts.folder !== true || facts.writable !== true)
    return problem(
      subject,
      `${upper(name)} cannot be read and written (${facts.folder === true ? facts.writable : facts.folder}).`,
      {
        fix: `Give yourself the rights: chmod u+rwx ${path}`,
      },
    );
  if (await liesIn(facts.real, patient.home))
    return problem(
      subject,
      `${upper(name)} is inside the state folder, where Claude could change the store: no run starts there.`,
      { fix: 'Name another folder in config.json, then: bridge-supervisor restart' },
    );
  if (await liesIn(patient.home, facts.real))
    return warning(
      subject,
      `${upper(name)} holds the state folder: Claude's file tools are denied its files, but a command such as \`grep -r\` reads them.`,
      { fix: 'Name narrower folders in config.json.' },
    );
  return isWorkspace ? repository(patient, name, path) : ok(subject, `${upper(name)} is writable`);
}

async function repository(patient: Patient, name: string, path: string): Promise<Observation> {
  const { env } = await patient.setting();
  // A repository can name programs for `git status`, and nobody has asked to start one of them.
  const settings = await repositoryConfig(path, env, patient.run).catch((error: Error) => error);
  if (settings instanceof Error)
    return problem(path, `${upper(name)}: ${settings.message}; no run starts there.`, {
      fix: `Look at it: git -C ${path} config --list --show-origin --includes`,
    });
  const guarded = guardedFromGit(env, settings);
  // Without this `git status` writes to the index of the repository.
  const options = { env: { ...guarded, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }, timeoutMs: PROBE_MS };
  const git = await patient.run(
    'git',
    ['-C', path, 'status', '--porcelain', '--untracked-files=normal'],
    options,
  );
  if (git.failure === 'missing') return warning(path, `${upper(name)} is writable; git is not installed.`);
  if (git.failure === 'late')
    return warning(path, `${upper(name)}: git status takes longer than ${PROBE_MS / 1_000} s.`);
  const changes = git.stdout.split('\n').filter((line) => line !== '').length;
  if (git.code === 0 && changes === 0) return ok(path, `${upper(name)}: a clean git repository`);
  if (git.code === 0)
    return warning(path, `${upper(name)} has ${counted(changes, 'uncommitted change')}.`, {
      fix: 'Commit or stash them: what Claude changes is then told apart.',
    });
  if (/not a git repository/.test(git.stderr))
    return warning(path, `${upper(name)} is no git repository: nothing takes Claude's changes back.`, {
      fix: `git -C ${path} init`,
    });
  return warning(path, `${upper(name)}: git does not work there: ${git.stderr.trim().split('\n')[0] ?? ''}`);
}
