/**
 * A machine of its own, as far as services see one: systemd as its first process, which lets users in and keeps a
 * journal, and an /etc, /home, /dev, /run and temporary folders that are its own. Node, the program and claude lie in
 * /opt.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claudeProgram } from '../e2e/rig.ts';
import { ann, installMachine, NEEDED, UNITS } from './machine-files.ts';
import { PROGRAM, type Systemd, startSystemd } from './namespace.ts';
import { USER_UNITS } from './user-manager.ts';

export const machine = {
  node: '/opt/node/node',
  cli: '/opt/bridge/dist/cli.js',
  claude: '/opt/claude/claude.exe',
  path: '/opt/node:/usr/bin:/bin',
} as const;

const SCRIPT = `
  set -e
  export root=$1; shift
  for group; do echo $$ >"$group/cgroup.procs"; done
  exec unshare --mount --pid --fork --kill-child --cgroup --ipc --uts sh -e -c '
    mount --make-rprivate /
    mount -t proc proc /proc

    if [ -d /sys/fs/cgroup/unified ]; then
      mount -t tmpfs tmpfs /sys/fs/cgroup
      mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/systemd
      mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
      mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
    else
      mount -t cgroup2 cgroup2 /sys/fs/cgroup
    fi

    mount -t tmpfs tmpfs "$root/dev"
    for device in null zero full random urandom tty; do cp -a /dev/$device "$root/dev/"; done
    mkdir "$root/dev/shm" "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    mount --rbind "$root/dev" /dev

    mount -t tmpfs tmpfs /opt
    mkdir /opt/bridge /opt/node /opt/claude
    mount --bind "$bridge" /opt/bridge
    mount --bind "$node" /opt/node
    mount --bind "$claude" /opt/claude
    mount --bind "$root/homes" /home
    mount --bind "$root/etc" /etc
    mount --bind "$root/lib" /var/lib/systemd

    mount --bind "$root/units" ${UNITS}
    mount --bind "$root/user-units" ${USER_UNITS}
    mount -t tmpfs tmpfs ${dirname(UNITS)}/system-generators
    [ ! -d /usr/local/lib/systemd ] || mount -t tmpfs tmpfs /usr/local/lib/systemd
    for folder in /run /var/log /var/tmp /tmp; do mount -t tmpfs tmpfs $folder; done
    chmod 1777 /tmp /var/tmp
    exec env -i container=test PATH=/usr/bin:/bin ${PROGRAM} --system --unit=multi-user.target
  '
`;

/** @param root A folder of the test; the home folders of the machine are in `homes` in there. */
export async function startMachine(root: string): Promise<Systemd> {
  await installMachine(root);
  const bridge = fileURLToPath(new URL('../..', import.meta.url));
  const folders = { bridge, node: dirname(process.execPath), claude: dirname(claudeProgram) };
  return startSystemd({
    root,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...folders },
    units: { from: UNITS, needed: NEEDED },
    script: SCRIPT,
    groups: 'roots',
    enter: async (pid) => {
      const [first] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ');
      const target = ['nsenter', `--target=${first}`];
      return first ? [...target, '--mount', '--pid', '--cgroup', '--ipc', '--uts'] : [];
    },
    scope: [],
  });
}

/** Goes before a command so that the user runs it, and not root. */
export const asAnn = ['setpriv', `--reuid=${ann.uid}`, `--regid=${ann.gid}`, '--clear-groups', '--'] as const;
