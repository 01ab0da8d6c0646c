/** The folders Claude may work in. Each is probed in a process of its own: one on a dead network drive blocks for ever. */

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
import { type CheckGroup, type CheckResult, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import { repositoryDangers } from './repository.ts';
import { counted, upper } from './wording.ts';

export function workspacesGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'workspaces',
    title: 'Workspaces',
    checks: [{ name: 'folder', subject: 'workspaces', timeoutMs: TIMEOUT_MS, run: () => folders(context) }],
  };
}

const TIMEOUT_MS = 30_000;
const PROBE_TIMEOUT_MS = 5_000;

async function folders(context: DoctorContext): Promise<CheckResult[]> {
  const configured = foldersOf(await context.config());
  const own = workspacesFolder(context.stateDir);
  if (configured.length === 0)
    return [ok(own, `None is configured; each project gets a new folder in ${own}`)];
  const results = await Promise.all(configured.map((folder) => checkFolder(context, folder)));
  // A folder that does not respond would block this process too.
  const answering = configured.filter((_, index) => results[index]?.verdict !== 'problem');
  const workspaces = answering.filter(({ isWorkspace }) => isWorkspace);
  const dangers = await Promise.all(
    workspaces.map(({ title, path, claudeSettings }) =>
      repositoryDangers(context, { name: `${title} (${path})`, path, claudeSettings }),
    ),
  );
  return [...results, ...dangers.flat(), ...(await nested(workspaces))];
}

/** Their plans never run at the same time, whatever `concurrency` says. */
async function nested(workspaces: readonly Folder[]): Promise<CheckResult[]> {
  const found: CheckResult[] = [];
  for (const [index, one] of workspaces.entries())
    for (const other of workspaces.slice(index + 1)) {
      if (one.path === other.path || !(await findOverlap(one.path, [other.path]))) continue;
      const both = `${one.title} (${one.path}) and ${other.title} (${other.path})`;
      found.push(
        warning(one.path, `${upper(both)} share files: plans for one wait while the other has a run.`, {
          hint: 'To run them at the same time, use folders that are not inside each other.',
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
  const defaults =
    workspace !== undefined && !Object.hasOwn(workspaces, workspace) ? [expandHome(workspace)] : [];
  return [
    ...named,
    ...defaults.map((path) => ({
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

async function checkFolder(
  context: DoctorContext,
  { title, path, isWorkspace }: Folder,
): Promise<CheckResult> {
  const subject = path;
  const name = `${title} (${path})`;
  const correct = { hint: 'Create it or correct config.json, then run: bridge-supervisor restart' };
  const guard = await guardedBy(context.platform, context.homeDir, path);
  if (guard !== null) return warning(subject, guard);
  const node = context.selfCommand[0] ?? process.execPath;
  const asked = await context.run(node, ['-e', PROBE, path], {
    env: context.env,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  if (asked.failure === 'late')
    return problem(
      subject,
      `${upper(name)} does not respond: a disconnected network drive, or a folder that this system protects.`,
      {
        hint: 'Connect the drive, or allow this program access to the folder.',
      },
    );
  const facts = probed.safeParse(parseJson(asked.stdout)).data;
  if (!facts) return problem(subject, `${upper(name)} could not be checked: ${asked.stderr.trim()}`);
  if (facts.folder === 'ENOENT' || facts.folder === 'ENOTDIR')
    return problem(subject, `${upper(name)} does not exist.`, correct);
  if (facts.folder === false) return problem(subject, `${upper(name)} is not a folder.`, correct);
  if (facts.folder !== true || facts.writable !== true)
    return problem(
      subject,
      `${upper(name)} is not readable and writable (${facts.folder === true ? facts.writable : facts.folder}).`,
      {
        hint: `chmod u+rwx ${path}`,
      },
    );
  if (await liesIn(facts.real, context.stateDir))
    return problem(
      subject,
      `${upper(name)} is inside the state folder, where Claude could change the database: no run starts there.`,
      { hint: 'Name another folder in config.json, then run: bridge-supervisor restart' },
    );
  if (await liesIn(context.stateDir, facts.real))
    return warning(
      subject,
      `${upper(name)} contains the state folder: Claude's file tools are denied its files, but a command such as \`grep -r\` can read them.`,
      { hint: 'Name narrower folders in config.json.' },
    );
  return isWorkspace ? repository(context, name, path) : ok(subject, `${upper(name)} is writable`);
}

async function repository(context: DoctorContext, name: string, path: string): Promise<CheckResult> {
  const { env } = await context.supervisorEnv();
  // A repository can name programs that `git status` would start.
  const settings = await repositoryConfig(path, env, context.run).catch((error: Error) => error);
  if (settings instanceof Error)
    return problem(path, `${upper(name)}: ${settings.message}; no run starts there.`, {
      hint: `See: git -C ${path} config --list --show-origin --includes`,
    });
  const guarded = guardedFromGit(env, settings);
  // Otherwise `git status` writes to the index of the repository.
  const options = { env: { ...guarded, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }, timeoutMs: PROBE_TIMEOUT_MS };
  const git = await context.run(
    'git',
    ['-C', path, 'status', '--porcelain', '--untracked-files=normal'],
    options,
  );
  if (git.failure === 'missing')
    return warning(path, `${upper(name)} is writable, but git is not installed.`);
  if (git.failure === 'late')
    return warning(path, `${upper(name)}: git status takes longer than ${PROBE_TIMEOUT_MS / 1_000} s.`);
  const changes = git.stdout.split('\n').filter((line) => line !== '').length;
  if (git.code === 0 && changes === 0) return ok(path, `${upper(name)}: a clean git repository`);
  if (git.code === 0)
    return warning(path, `${upper(name)} has ${counted(changes, 'uncommitted change')}.`, {
      hint: "Commit or stash them, so that Claude's changes can be told apart.",
    });
  if (/not a git repository/.test(git.stderr))
    return warning(path, `${upper(name)} is not a git repository, so Claude's changes cannot be reverted.`, {
      hint: `git -C ${path} init`,
    });
  return warning(path, `${upper(name)}: git fails there: ${git.stderr.trim().split('\n')[0] ?? ''}`);
}
