/**
 * A git folder of our own, in which the content of a work tree is measured. It shares the objects of the repository and
 * has the settings that decide about content, copied before anybody works in the tree. What is done later to the
 * repository, to its configuration, index, ignore rules or to the configuration of the person, does not change what is
 * measured; nor does measuring write into the repository.
 */
import {
  appendFile,
  copyFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '../environment.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { allConfig } from './config.ts';
import { configText } from './config-text.ts';
import { contentSettings } from './content-settings.ts';
import { type Git, gitEnvironment, reasonOf, runGit, textOf } from './git.ts';
import { isThere, type RefusalCause, type Repository, whyUnusable } from './repository.ts';

export interface MeasurePlan {
  /** The folder to make. */
  readonly measureDir: string;
  /** The top of the tree to measure: of a work tree, or a folder without git. */
  readonly folder: string;
  /** Null for a folder without git. */
  readonly repository: Repository | null;
  /**
   * The private part of a fresh work tree, in which nobody has worked yet: its index spares reading every file. Null
   * for any other folder.
   */
  readonly freshGitDir: string | null;
}

export type MadeMeasureDir =
  | { readonly kind: 'made' }
  | { readonly kind: 'failed'; readonly cause: RefusalCause; readonly detail: string };

/** Makes the folder, unless it is there. Throws the system's error when it cannot be written. */
export async function createMeasureDir(plan: MeasurePlan, env: Environment): Promise<MadeMeasureDir> {
  const { measureDir, repository } = plan;
  if (await isThere(measureDir)) return { kind: 'made' };
  const unusable = await whyUnusable(env);
  if (unusable) return { ...unusable, kind: 'failed' };
  const draft = `${measureDir}.new`;
  await rm(draft, { recursive: true, force: true });
  makePrivateFolder(dirname(measureDir));
  const format = `--object-format=${repository?.objectFormat ?? 'sha1'}`;
  const made = await runGit(isolated(env), ['init', '--quiet', '--bare', '--template=', format, draft], {});
  if (made.code !== 0) return { kind: 'failed', cause: 'failed', detail: reasonOf(made) };
  makePrivateFolder(join(draft, 'info'));
  const settings = await allConfig(plan.folder, gitEnvironment(env));
  await appendFile(join(draft, 'config'), configText(contentSettings(settings)));
  for (const [target, key, name] of RULES)
    await writeFile(join(draft, 'info', target), await rulesOf(plan, key, name, env));
  if (repository) await shareObjects(draft, repository);
  if (plan.freshGitDir !== null) await copyIndex(plan.freshGitDir, draft);
  await rename(draft, measureDir);
  return { kind: 'made' };
}

/** Git in a measure dir, with this work tree or without one. The person's configuration has no say. */
export function measureGit(measureDir: string, folder: string | null, env: Environment): Git {
  const place =
    folder === null
      ? // Without a work tree git looks for no attributes, which could call a text binary.
        ['-c', 'core.bare=true', `--git-dir=${measureDir}`]
      : ['-C', folder, `--git-dir=${measureDir}`, `--work-tree=${folder}`];
  return (args, options = {}) => runGit(isolated(env), [...place, ...args], options);
}

function isolated(env: Environment): Environment {
  return { ...env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
}

/** The file in `info/`, the setting that names the person's own file, and where that is unless it is set. */
const RULES = [
  ['exclude', 'core.excludesFile', 'ignore'],
  ['attributes', 'core.attributesFile', 'attributes'],
] as const;

/** The rules that are in no commit: those of the person, then those of the repository, which count more. */
async function rulesOf(
  { folder, repository }: MeasurePlan,
  key: string,
  name: (typeof RULES)[number][2],
  env: Environment,
): Promise<string> {
  const set = await runGit(env, ['-C', folder, 'config', '--type=path', '--get', key], {});
  const configFolder = env.XDG_CONFIG_HOME || join(env.HOME ?? env.USERPROFILE ?? '/', '.config');
  const own = set.code === 0 ? textOf(set) : join(configFolder, 'git', name);
  const target = name === 'ignore' ? 'exclude' : name;
  const files = [own, ...(repository ? [join(repository.commonDir, 'info', target)] : [])];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.join('\n');
}

async function shareObjects(draft: string, { commonDir }: Repository): Promise<void> {
  await writeFile(
    join(draft, 'objects', 'info', 'alternates'),
    `${asAlternate(join(commonDir, 'objects'))}\n`,
  );
  await copyFile(join(commonDir, 'shallow'), join(draft, 'shallow')).catch(ignoreMissing);
}

/** Git reads a line that begins with a quotation mark as a string of C. */
function asAlternate(path: string): string {
  if (!/^["#]|\n/.test(path)) return path;
  return `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** With its times: git reads a file again that is not older than the index. */
async function copyIndex(gitDir: string, draft: string): Promise<void> {
  const names = await readdir(gitDir);
  for (const name of names.filter((one) => one === 'index' || one.startsWith('sharedindex.'))) {
    const { atime, mtime } = await stat(join(gitDir, name));
    await copyFile(join(gitDir, name), join(draft, name));
    await utimes(join(draft, name), atime, mtime);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
