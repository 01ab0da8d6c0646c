import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Whether Claude has a conversation under this session id. It keeps them as
 * `<config>/projects/<folder name made from the path>/<session id>.jsonl`; the id is unique, so every folder is looked
 * into rather than the naming rule repeated. A session that was killed before its first message has none and its id
 * can be used anew; one that has must be resumed.
 */
export async function sessionExists(
  sessionId: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const config = env.CLAUDE_CONFIG_DIR || join(env.HOME || env.USERPROFILE || homedir(), '.claude');
  const projects = join(config, 'projects');
  const folders = await readdir(projects).catch(() => []);
  const found = await Promise.all(
    folders.map((folder) => isFile(join(projects, folder, `${sessionId}.jsonl`))),
  );
  return found.includes(true);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );
}
