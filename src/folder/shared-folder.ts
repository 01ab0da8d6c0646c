/**
 * The folder that Claude Desktop, Claude Code and runs share: one folder that its owner has named. What a client says of its
 * own folders never takes its place. Where it cannot be used, each call says why, and the server lives on.
 */
import { realpath, stat } from 'node:fs/promises';
import nodePath, { type PlatformPath, sep } from 'node:path';
import { claudeFolder } from '../claude/files.ts';
import type { Clock } from '../clock.ts';
import { loadConfig } from '../config.ts';
import type { Environment } from '../environment.ts';
import { expandHome, homeFolder } from '../home-path.ts';
import { answers } from '../machine/answering.ts';
import { liesIn } from '../machine/folder-overlap.ts';
import { ok, type Result, refuse } from '../result.ts';
import { stateFolder } from '../state-folder.ts';
import { isGitFolder } from './guarded-names.ts';
import { shownPath } from './shown-path.ts';

export interface SharedFolder {
  /** As its owner names it; absolute. */
  readonly path: string;
  /** With links resolved. */
  readonly real: string;
}

/** What the owner says about the folder, from the configuration as it is now. */
export interface FolderSettings {
  /** Undefined: none is named. */
  readonly path: string | undefined;
  readonly allTools: boolean;
  readonly readOnly: boolean;
}

/** Throws ConfigError. */
export function folderSettingsIn(env: Environment): FolderSettings {
  const { path, all_tools: allTools, read_only: readOnly } = loadConfig(stateFolder(env), env).folder;
  return { path, allTools, readOnly };
}

/**
 * The folder, once it is there and may be shared. Throws ConfigError.
 *
 * @param named Instead of that of the configuration.
 */
export async function openSharedFolder(
  env: Environment,
  clock: Clock,
  named?: string,
): Promise<Result<SharedFolder>> {
  const configured = folderSettingsIn(env).path;
  const path = named ?? configured;
  if (path === undefined)
    return refuse(
      'no folder is shared yet. Name one: bridge-supervisor setup --toolset folder --folder PATH, or "folder": {"path": …} in config.json.',
    );
  const shown = shownPath(path);
  if (!(await answers(path, clock)))
    return refuse(`the shared folder ${shown} does not respond. Connect its drive, then try again.`);
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isDirectory())
      return refuse(`the shared folder ${shown} is no folder. Correct folder.path in config.json.`);
    const obstacle = await whyNotShared(real, env);
    return obstacle === undefined ? ok({ path, real }) : refuse(obstacle);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown'})`;
    return refuse(`the shared folder ${shown} ${why}. Create it, or correct folder.path in config.json.`);
  }
}

/**
 * Why a folder may not be shared; undefined when it may. Whoever writes into the state folder, into Claude's own or into that
 * of a repository decides what Claude may do, or what runs next.
 *
 * @param real Without links.
 */
export async function whyNotShared(real: string, env: Environment): Promise<string | undefined> {
  const advice = 'Share another folder: folder.path in config.json.';
  if (real.split(sep).some(isGitFolder))
    return `the shared folder ${shownPath(real)} is what git keeps of a repository. ${advice}`;
  const closed = [
    { name: 'the state folder', path: stateFolder(env) },
    { name: "Claude's own folder", path: claudeFolder(env, homeFolder()) },
  ];
  for (const { name, path } of closed)
    if ((await liesIn(real, path)) || (await liesIn(path, real)))
      return `the shared folder ${shownPath(real)} overlaps with ${name} (${path}), which is never shared. ${advice}`;
  return undefined;
}

/**
 * The parts of a path within the folder: relative to it, or absolute and in it, by either of its names. `..` is resolved by the
 * text alone. Refuses what lies outside.
 *
 * @param rules Of paths; those of this system.
 */
export function partsWithin(
  { path: named, real }: SharedFolder,
  path: string,
  rules: Pick<PlatformPath, 'isAbsolute' | 'relative' | 'sep'> = nodePath,
): Result<string[]> {
  if (path.includes('\0')) return refuse('Invalid path - it contains a NUL character');
  if (path.length > MAX_PATH_CHARACTERS) return refuse('Invalid path - it is too long');
  const expanded = expandHome(path);
  const ways = rules.isAbsolute(expanded)
    ? [named, real].map((root) => rules.relative(root, expanded))
    : [rules.relative(real, `${real}${rules.sep}${expanded}`)];
  const way = ways.find((one) => !rules.isAbsolute(one) && one.split(rules.sep)[0] !== '..');
  if (way !== undefined) return ok(way === '' ? [] : way.split(rules.sep));
  return refuse(
    `Access denied - path outside allowed directories: ${shownPath(expanded)} not in ${shownPath(real)}`,
  );
}

const MAX_PATH_CHARACTERS = 4_096;
