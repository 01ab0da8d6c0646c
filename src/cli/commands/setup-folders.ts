/** The folders that the person names, by flags or answers. */

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { absolutePath, homeFolder, whyNotMeant } from '../../home-path.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Folders } from '../../setup/workspaces.ts';
import type { Cli } from '../context.ts';
import { ask } from '../terminal/ask.ts';
import { UsageError } from '../terminal/usage.ts';

export interface FolderOptions {
  readonly workspace?: readonly string[];
  /** Absolute paths. */
  readonly root?: readonly string[];
  readonly defaultWorkspace?: string;
  /** The one that both sides share; an absolute path. */
  readonly folder?: string;
}

const NAME = /^[\w.-]+$/;

/** Refuses a folder that is not there. Throws UsageError for a workspace that is not written as NAME=PATH. */
export function foldersOf(options: FolderOptions): Result<Folders> {
  const { workspace = [], root = [], defaultWorkspace, folder } = options;
  const named = workspace.map(nameAndPath);
  const shared = folder === undefined ? [] : [folder];
  for (const path of [...named.map(([, path]) => path), ...root, ...shared]) {
    if (!isFolder(path)) return refuse(missing(path));
  }
  return ok({ workspaces: Object.fromEntries(named), roots: root, defaultWorkspace, sharedFolder: folder });
}

/** Asks for one workspace; an empty answer names none. Undefined when the person cancels. */
export async function askForWorkspace(cli: Cli): Promise<Folders['workspaces'] | undefined> {
  cli.out.hint('A workspace is a folder in which Claude may work; plans name it.');
  const proposed = repositoryAround(process.cwd()) ?? '';
  const path = await askUntil(
    proposed === '' ? 'Folder (empty for none)' : 'Folder (- for none)',
    proposed,
    (answer) =>
      isNone(answer) || isFolder(absolutePath(answer)) ? undefined : missing(absolutePath(answer)),
    cli,
  );
  if (path === undefined) return undefined;
  if (isNone(path)) return {};
  const folder = absolutePath(path);
  const name = await askUntil(
    'Its name in plans',
    basename(folder).replaceAll(/[^\w.-]+/g, '-'),
    (answer) => (NAME.test(answer) ? undefined : "A name has letters, digits, '.', '_' and '-'."),
    cli,
  );
  return name === undefined ? undefined : { [name]: folder };
}

async function askUntil(
  question: string,
  standard: string,
  problemWith: (answer: string) => string | undefined,
  cli: Cli,
): Promise<string | undefined> {
  for (;;) {
    const answer = await ask(question, standard);
    const problem = answer === undefined ? undefined : problemWith(answer);
    if (problem === undefined) return answer;
    cli.out.hint(problem);
  }
}

const isNone = (answer: string) => answer === '' || answer === '-';

function nameAndPath(text: string): [name: string, path: string] {
  const [, name = '', path = ''] = /^([^=]*)=(.+)$/.exec(text) ?? [];
  const problem = NAME.test(name) ? whyNotMeant(path) : null;
  if (problem !== null) throw new UsageError(`--workspace '${text}': ${problem}`);
  if (NAME.test(name)) return [name, absolutePath(path)];
  throw new UsageError(
    `--workspace '${text}' must be NAME=PATH, with a name of letters, digits, '.', '_' and '-'.`,
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function missing(path: string): string {
  return existsSync(path)
    ? `${path} is not a folder. Name one.`
    : `the folder ${path} does not exist. Create it, or correct the path.`;
}

/** A repository that is not the whole home folder. */
function repositoryAround(folder: string): string | undefined {
  if (folder === homeFolder() || folder === dirname(folder)) return undefined;
  return existsSync(join(folder, '.git')) ? folder : repositoryAround(dirname(folder));
}
