/** What the machine of a test has on its disk: an /etc with a user, that user's home folder, and the units it boots with. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chown, cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NEEDED_BY_USER, USER_UNITS } from './user-manager.ts';

/** The ordinary user of that machine. */
export const ann = { name: 'ann', uid: 61_234, gid: 61_234, home: '/home/ann' } as const;

export const UNITS = '/usr/lib/systemd/system';

/** What it needs to boot, to let users in, to keep a journal, and to end. */
export const NEEDED = [
  'multi-user.target',
  'basic.target',
  'sysinit.target',
  'local-fs.target',
  'swap.target',
  'paths.target',
  'slices.target',
  'sockets.target',
  'timers.target',
  'network.target',
  'network-online.target',
  'shutdown.target',
  'umount.target',
  'final.target',
  'exit.target',
  'systemd-exit.service',
  'systemd-journald.service',
  'systemd-journald.socket',
  'systemd-journald-dev-log.socket',
  'dbus.service',
  'dbus.socket',
  'systemd-logind.service',
  'user.slice',
  'user@.service',
  'user-runtime-dir@.service',
];

/** What boots with it: by whom, and what. */
const WANTED = [
  ['sysinit.target', 'systemd-journald.service'],
  ['sockets.target', 'dbus.socket'],
  ['multi-user.target', 'systemd-logind.service'],
] as const;

/** Once for a test: what is changed later outlives a reboot. */
export async function installMachine(root: string): Promise<void> {
  if (existsSync(join(root, 'etc'))) return;
  const at = (...path: string[]) => join(root, ...path);
  for (const folder of ['dev', 'homes', 'lib', 'units', 'user-units']) await mkdir(at(folder));
  await mkdir(at('homes', ann.name), { mode: 0o700 });
  await chown(at('homes', ann.name), ann.uid, ann.gid);

  for (const unit of NEEDED_BY_USER) await cp(join(USER_UNITS, unit), at('user-units', unit));
  for (const [by, unit] of WANTED) {
    await mkdir(at('units', `${by}.wants`), { recursive: true });
    await symlink(`../${unit}`, at('units', `${by}.wants`, unit));
  }

  execFileSync('cp', ['--archive', '/etc', at('etc')]);
  await appendFile(at('etc/passwd'), `ann:x:${ann.uid}:${ann.gid}::${ann.home}:/bin/bash\n`);
  await appendFile(at('etc/group'), `ann:x:${ann.gid}:\n`);
  await appendFile(at('etc/shadow'), 'ann:*:1::::::\n');
  for (const folder of ['system', 'user'])
    await rm(at('etc/systemd', folder), { recursive: true, force: true });
  // What pam_systemd would do, which is not everywhere.
  const permit = ['auth', 'account', 'session'].map((kind) => `${kind} required pam_permit.so\n`);
  await writeFile(at('etc/pam.d/systemd-user'), permit.join(''));
  await mkdir(at('etc/systemd/system/user@.service.d'), { recursive: true });
  await writeFile(
    at('etc/systemd/system/user@.service.d/login.conf'),
    '[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n',
  );
}
