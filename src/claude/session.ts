import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseJson } from '../machine/parse-json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether Claude has a conversation under this session id. It keeps them as
 * `<config>/projects/<folder name made from the path>/<session id>.jsonl`; the id is unique, so every folder is looked
 * into rather than the naming rule repeated. A session that was killed before its first message has none and its id
 * can be used anew; one that has must be resumed.
 */
export async function sessionExists(sessionId: string, env: Environment): Promise<boolean> {
  return (await findConversation(sessionId, env)) !== undefined;
}

/**
 * Whether the conversation under this session id holds any message of the user. There may be one without: Claude writes
 * its file before it takes in the first message, and does not take in what a hook blocks (seen in 2.1.329).
 */
export async function sessionHasMessage(sessionId: string, env: Environment): Promise<boolean> {
  const file = await findConversation(sessionId, env);
  if (file === undefined) return false;
  const input = createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line.includes('"user"') && isOfUser(parseJson(line))) return true;
    return false;
  } catch {
    // What cannot be read is not relied on: the plan is told once more.
    return false;
  } finally {
    input.destroy();
  }
}

function isOfUser(line: unknown): boolean {
  return typeof line === 'object' && line !== null && 'type' in line && line.type === 'user';
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
