/**
 * Which scripts an agent may have run: those that the owner lists, in the owner's folder. Its promise: what a name leads to
 * lies in that folder, whatever links lead there, and nobody else can have changed it, or put another folder into its place.
 */
import { open, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isInside } from '../bridge/workspaces.ts';
import { withoutHidden } from '../characters.ts';
import type { ScriptSettings } from '../config-scripts.ts';
import { messageOf } from '../error-message.ts';
import { absolutePath } from '../home-path.ts';
import { whyReplaceableIn, whyWritableByOthers } from '../machine/writable-by-others.ts';
import { asCode } from '../project/quotation.ts';
import { listedScript } from '../project/script.ts';
import { cleanLine } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';

export interface FoundScript {
  /** As the owner lists it. */
  readonly name: string;
  /** Absolute, without links. */
  readonly file: string;
  readonly folder: string;
}

export interface ListedScript {
  readonly name: string;
  /** Its first line of comment; null: it has none. */
  readonly description: string | null;
  /** Why it cannot be run; null: it can. */
  readonly problem: string | null;
}

/** What the owner lists: for runs of the supervisor, or for everybody else. */
export function allowedScripts(settings: ScriptSettings, inRun: boolean): readonly string[] {
  return inRun ? settings.allow_in_runs : settings.allow;
}

/** The script that a client names. A refusal says what to do about it. */
export async function findScript(
  settings: ScriptSettings,
  inRun: boolean,
  given: string,
): Promise<Result<FoundScript>> {
  const allowed = allowedScripts(settings, inRun);
  const name = listedScript(allowed, given);
  if (settings.folder === undefined || allowed.length === 0)
    return refuse(
      `script not allowed: ${shown(given)}. The owner allows none${inRun ? ' in runs' : ''}: 'scripts' in config.json lists them.`,
    );
  if (name === undefined)
    return refuse(`script not allowed: ${shown(given)}. list_bridge_scripts tells which are.`);
  return lookAt(settings.folder, name);
}

/** All that the owner lists, by name. */
export async function listScripts(settings: ScriptSettings, inRun: boolean): Promise<ListedScript[]> {
  const { folder } = settings;
  const names = [...new Set(allowedScripts(settings, inRun))].toSorted();
  if (folder === undefined) return [];
  return Promise.all(
    names.map(async (name) => {
      const found = await lookAt(folder, name);
      if (!found.ok) return { name, description: null, problem: found.refusal };
      return { name, description: await descriptionOf(found.value.file), problem: null };
    }),
  );
}

async function lookAt(configured: string, name: string): Promise<Result<FoundScript>> {
  try {
    const folder = await realpath(absolutePath(configured));
    const file = await realpath(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return refuse(`script does not exist: ${shown(name)}.`);
    if (!isInside(folder, file)) return refuse(`script escapes the scripts folder: ${shown(name)}.`);
    if (!(await stat(file)).isFile()) return refuse(`script is not a file: ${shown(name)}.`);
    const why = await whyNotTrusted(file, folder, absolutePath(configured));
    if (why !== undefined) return refuse(`script is not trusted: ${why}`);
    return ok({ name, file, folder });
  } catch (error) {
    return refuse(`the scripts folder cannot be read: ${cleanLine(messageOf(error))}.`);
  }
}

/** Who else could have another file run, and what to do. @param configured The way to the folder: links in it count as the folders that they lie in. */
async function whyNotTrusted(file: string, folder: string, configured: string): Promise<string | undefined> {
  const ways = [file, ...foldersAbove(file), ...foldersAbove(configured)];
  for (const path of new Set(ways)) {
    const isWithin = isInside(folder, path);
    const why = await (isWithin ? whyWritableByOthers : whyReplaceableIn)(path);
    if (why === undefined) continue;
    return isWithin
      ? `${asCode(path)} ${why}. Correct that: chmod go-w, or chown.`
      : `${asCode(path)}, above the scripts folder, ${why}, so another folder could be put into its place. Correct that (chmod go-w, or chown), or move the scripts folder.`;
  }
  return undefined;
}

/** All above a path, up to the root. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}

const READ_BYTES = 4_096;
const DESCRIPTION_CHARACTERS = 200;
/** Of shells, Python and PowerShell; of JavaScript. Not what tells an interpreter or an editor something. */
const COMMENT = /^\s*(?:#(?!!)|\/\/)[#/*\s]*(?!-\*-|vim?:|shellcheck\b)(\S.*)$/;

async function descriptionOf(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
    const lines = withoutHidden(buffer.subarray(0, bytesRead).toString('utf8')).split('\n');
    const words = lines.map((line) => COMMENT.exec(line)?.[1]).find((line) => line !== undefined);
    return words === undefined ? null : cleanLine(words).slice(0, DESCRIPTION_CHARACTERS);
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

function shown(name: string): string {
  return asCode(cleanLine(name).slice(0, 200));
}
