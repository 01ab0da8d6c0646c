import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from '../environment.ts';
import { parseJson } from '../machine/program-output.ts';

/**
 * Whether Claude has a conversation with this session id. Claude keeps them as `<config>/projects/<folder name made
 * from the path>/<session id>.jsonl`. The id is unique, so every folder is searched instead of repeating the rule for
 * its name. A session that was killed before its first message has no conversation and its id can be used again; one
 * that has must be resumed.
 */
export async function sessionExists(sessionId: string, env: Environment): Promise<boolean> {
  return (await findConversation(sessionId, env)) !== undefined;
}

/**
 * Whether the conversation with this session id contains a message with one of these ids. It may contain none: Claude
 * creates its file before it takes in the first message, does not take in what a hook blocks, and notes an interruption
 * as a message of the user under an id of its own (seen in 2.1.329).
 */
export async function sessionHasMessage(
  sessionId: string,
  ids: readonly string[],
  env: Environment,
): Promise<boolean> {
  const file = await findConversation(sessionId, env);
  if (file === undefined) return false;
  const input = createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      if (ids.some((id) => line.includes(id)) && ids.includes(idOfMessage(parseJson(line)))) return true;
    return false;
  } catch {
    // An unreadable conversation counts as without: the plan is then sent once more.
    return false;
  } finally {
    input.destroy();
  }
}

function idOfMessage(line: unknown): string {
  const { type, uuid } = (line ?? {}) as { readonly type?: unknown; readonly uuid?: unknown };
  return type === 'user' ? String(uuid) : '';
}

async function findConversation(sessionId: string, env: Environment): Promise<string | undefined> {
  const config = env.CLAUDE_CONFIG_DIR || join(env.HOME || env.USERPROFILE || homedir(), '.claude');
  const projects = join(config, 'projects');
  const folders = await readdir(projects).catch(() => []);
  const files = folders.map((folder) => join(projects, folder, `${sessionId}.jsonl`));
  const found = await Promise.all(files.map(isFile));
  return files[found.indexOf(true)];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );
}
