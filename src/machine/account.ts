/** Accounts of this machine: the one that runs this program, and the one a service runs as. */

import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Environment } from '../environment.ts';
import { homeFolder } from '../home-path.ts';
import { isWindows } from './platform.ts';
import type { RunProgram } from './program.ts';

export interface Account {
  readonly name: string;
  /** -1 on Windows; `gid` too. */
  readonly uid: number;
  readonly gid: number;
  readonly homeDir: string;
}

/** The account that runs this process. The environment's home folder takes precedence when it is absolute. */
export function ownAccount(env: Environment): Account {
  const named = (isWindows ? env.USERPROFILE : env.HOME) ?? '';
  const homeDir = isAbsolute(named) ? named : homeFolder();
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid, homeDir };
  } catch {
    // In a container the uid may have no entry in the user database.
    const uid = process.getuid?.() ?? -1;
    return { name: env.USER || String(uid), uid, gid: process.getgid?.() ?? -1, homeDir };
  }
}

/** The account with this name or uid, from getent(1); undefined when there is none. */
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

/** The uid that owns a file or folder; undefined when it is missing, and on Windows. */
export async function ownerOf(path: string): Promise<number | undefined> {
  if (isWindows) return undefined;
  return (await stat(path).catch(() => undefined))?.uid;
}
