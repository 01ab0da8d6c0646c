/** A `git` in front of the real one that kills the supervisor at its n-th call that changes something. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { processesIn, type Rig, waitUntil } from '../e2e/rig.ts';

export interface GitKill {
  /** Kills this process at its n-th call from now on. */
  aim(pid: number, at: number): Promise<void>;
  /** Resolves when no call of git goes on without a supervisor. */
  over(): Promise<void>;
}

/** `done`: git has done its work by then. `late`: git has not begun, and goes on without the supervisor. */
export type Moment = 'done' | 'late';

const CHANGES = [
  ...['init', 'worktree add', 'add', 'write-tree', 'commit-tree'],
  ...['update-ref', 'read-tree', 'fetch', 'merge', 'push'],
];

/** Supervisors that are started from now on call it. */
export async function gitKill(rig: Rig, moment: Moment): Promise<GitKill> {
  const folder = join(rig.root, 'git-kill');
  const program = join(folder, 'git');
  const real = execFileSync('which', ['git'], { encoding: 'utf8', env: rig.environment }).trim();
  await mkdir(folder);
  const strike = {
    done: `${real} "$@"; code=$?; kill -KILL "$PPID"; exit $code`,
    late: 'kill -KILL "$PPID"; sleep 1',
  }[moment];
  await writeFile(
    program,
    `#!/bin/sh
is_hit() {
  cd '${folder}' && read -r pid at 2>/dev/null < victim && [ "$pid" = "$PPID" ] || return 1
  echo >> count
  [ "$(wc -l < count)" -eq "$at" ]
}
case " $* " in ${CHANGES.map((words) => `*' ${words} '*`).join('|')})
  if (is_hit); then ${strike}; fi ;;
esac
exec ${real} "$@"
`,
  );
  await chmod(program, 0o755);
  rig.environment.PATH = [folder, rig.environment.PATH].join(delimiter);
  return {
    async aim(pid, at) {
      await rm(join(folder, 'count'), { force: true });
      await writeFile(join(folder, 'victim'), `${pid} ${at}\n`);
    },
    over: () =>
      waitUntil(
        async () => !(await processesIn(rig.root)).some(({ command }) => command.includes(program)),
        'the calls of git that go on',
      ),
  };
}
