/**
 * `service.env`: the service's environment, beside the little that its manager sets. One line `NAME=value` for each
 * variable, in the format of Node's `util.parseEnv`. It is the same on every system, because `run` itself reads it.
 */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../../environment.ts';
import { ExpectedError } from '../../expected-error.ts';
import { writeAtomically } from '../atomic-file.ts';
import { isWindows } from '../platform.ts';
import type { ServiceManager } from './service.ts';

type Values = Readonly<Record<string, string>>;

/** The file cannot be read, or cannot hold a value. The message says which one, and what to do. */
export class EnvironmentFileError extends ExpectedError {
  override name = 'EnvironmentFileError';
}

/** The path of service.env. */
export function environmentFileOf(stateDir: string): string {
  return join(stateDir, 'service.env');
}

/** The environment of the service of this state folder; what its manager gives, where the file is missing. */
export async function serviceEnvironment(
  manager: Pick<ServiceManager, 'baseEnvironment'>,
  stateDir: string,
): Promise<Values> {
  const own = { BRIDGE_HOME: stateDir };
  const base = mergeEnvironment(await manager.baseEnvironment(), own);
  const values = await readEnvironmentFile(environmentFileOf(stateDir), { optional: true });
  return mergeEnvironment(base, { ...values, ...own }) as Values;
}

/** The variables in a file. Throws EnvironmentFileError when it cannot be read, or is missing and not `optional`. */
export async function readEnvironmentFile(
  path: string,
  { optional = false }: { readonly optional?: boolean } = {},
): Promise<Values> {
  try {
    return readEnvironmentText(await readFile(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new EnvironmentFileError(`cannot read ${path}: ${message}`);
    if (optional) return {};
    throw new EnvironmentFileError(
      `the environment file ${path} is missing. Create it with: bridge-supervisor install`,
    );
  }
}

/** The variables in a text; a byte order mark, which editors on Windows write, is ignored. */
export function readEnvironmentText(text: string): Values {
  return parseEnv(text.replace(/^\uFEFF/, '')) as Values;
}

const HEADER = `# The environment of the bridge-supervisor service: one NAME=value a line, quoted with ' or \` or ".
# It may hold credentials, so keep it readable by you alone. Edit it freely;
# run \`bridge-supervisor restart\` to apply changes.
`;

/** The text for these values. Throws EnvironmentFileError for what the format cannot hold; it names no values. */
export function environmentText(values: Values): string {
  const lines = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  const lost = lines.filter(([name, value]) => !isKept(name, value)).map(([name]) => name);
  if (lost.length === 0) return HEADER + lines.map(([name, value]) => line(name, value)).join('');
  throw new EnvironmentFileError(
    `${lost.join(', ')} cannot be written to an environment file: the name or the value has a character for which its format has no way, such as a carriage return or all three kinds of quotes. Change or unset ${lost.length === 1 ? 'it' : 'them'}, and try again.`,
  );
}

/** Writes the file atomically, readable by its owner alone. Throws the system's error. */
export async function writeEnvironmentFile(path: string, text: string): Promise<void> {
  await writeAtomically(path, text, 0o600);
}

/** Whether other users may read the file. Windows keeps a user's folders private by itself. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  if (isWindows) return false;
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && (file.mode & 0o077) !== 0;
}

/** `base`, overridden by `over`. On Windows `Path` and `PATH` are one variable. */
export function mergeEnvironment(base: Environment, over: Environment): Environment {
  if (!isWindows) return { ...base, ...over };
  const replaced = new Set(Object.keys(over).map((name) => name.toUpperCase()));
  const kept = Object.entries(base).filter(([name]) => !replaced.has(name.toUpperCase()));
  return { ...Object.fromEntries(kept), ...over };
}

function isKept(name: string, value: string): boolean {
  if (quoted(value) === undefined) return false;
  const read = readEnvironmentText(line(name, value));
  return read[name] === value && Object.keys(read).length === 1;
}

function line(name: string, value: string): string {
  return `${name}=${quoted(value)}\n`;
}

const NEEDS_NO_QUOTES = /^[\w./:@%+,-]+$/;

/** The format cannot escape a quote, and in double quotes `\n` becomes a line break. */
function quoted(value: string): string | undefined {
  if (NEEDS_NO_QUOTES.test(value)) return value;
  const marks = value.includes('\\n') ? ["'", '`'] : ["'", '`', '"'];
  const mark = marks.find((quote) => !value.includes(quote));
  return mark === undefined ? undefined : mark + value + mark;
}
