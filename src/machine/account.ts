/** Accounts of this machine: who runs this program, and whom it is to run as. */

import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Environment } from '../environment.ts';
import { homeFolder } from '../home-path.ts';
import { isWindows } from './platform.ts';
import type { RunProgram } from './program.ts';

export interface Account {
  readonly name: string;
  /** On Windows -1, as the group. */
  readonly uid: number;
  readonly gid: number;
  readonly homeDir: string;
}

/** Who runs this process; its home folder is the environment's, where that names an absolute one. */
export function ownAccount(env: Environment): Account {
  const named = (isWindows ? env.USERPROFILE : env.HOME) ?? '';
  const homeDir = isAbsolute(named) ? named : homeFolder();
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid, homeDir };
  } catch {
    // In a container the user may be a number without an entry.
    const uid = process.getuid?.() ?? -1;
    return { name: env.USER || String(uid), uid, gid: process.getgid?.() ?? -1, homeDir };
  }
}

/** The account of this name or number, as the system knows it (getent(1)); undefined when there is none. */
export async function findAccount(
  name: string,
  run: RunProgram,
  env: Environment,
): Promise<Account | undefined> {
  const { code, stdout } = await run('getent', ['passwd', name], { env });
  // name:password:uid:gid:comment:home:shell, see passwd(5).
  const [known, , uid, gid, , homeDir] = (code === 0 ? stdout : '').split('\n', 1)[0]?.split(':') ?? [];
  if (!known || !homeDir) return undefined;
  return { name: known, uid: Number(uid), gid: Number(gid), homeDir };
}

/** Whose a file or folder is; undefined when it is not there, or where files tell no number. */
export async function ownerOf(path: string): Promise<number | undefined> {
  if (isWindows) return undefined;
  return (await stat(path).catch(() => undefined))?.uid;
}
