/** A real `systemd --user`, with a home of its own and no journal. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROGRAM, type Systemd, startSystemd } from './namespace.ts';

export const USER_UNITS = '/usr/lib/systemd/user';

/** What a manager needs to come up, to start services at login, and to end. */
export const NEEDED_BY_USER = [
  'default.target',
  'basic.target',
  'paths.target',
  'sockets.target',
  'timers.target',
  'shutdown.target',
  'exit.target',
  'systemd-exit.service',
  'app.slice',
];

const SCRIPT = `
  set -e
  export root=$1; shift
  for group; do echo $$ >"$group/cgroup.procs"; done
  exec unshare --mount sh -e -c '
    mount --make-rprivate /
    if [ -d /run/systemd ]; then mount -t tmpfs tmpfs /run/systemd
    else mount -t tmpfs tmpfs /run; fi
    mkdir -p /run/systemd/system
    mount --bind "$root/units" ${USER_UNITS}
    for folder in /etc/systemd/user /usr/local/lib/systemd/user /usr/share/systemd/user; do
      [ ! -d "$folder" ] || mount -t tmpfs tmpfs "$folder"
    done
    unset root
    exec ${PROGRAM} --user
  '
`;

/** @param root A folder of the test; everything it writes is in there. */
export async function startUserManager(root: string, home: string): Promise<Systemd> {
  const env = { HOME: home, XDG_RUNTIME_DIR: join(root, 'run'), PATH: '/usr/bin:/bin' };
  await mkdir(env.XDG_RUNTIME_DIR, { recursive: true, mode: 0o700 });
  return startSystemd({
    root,
    env,
    units: { from: USER_UNITS, needed: NEEDED_BY_USER },
    script: SCRIPT,
    groups: 'leaves',
    enter: async (pid) => ['nsenter', `--mount=/proc/${pid}/ns/mnt`],
    scope: ['--user'],
  });
}
