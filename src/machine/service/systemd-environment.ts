/** The environment that systemd gives to a service, without our variables. */
import type { ManagerOptions } from './service.ts';

/**
 * The service's environment.
 *
 * @param manager What `systemctl show-environment` printed.
 * @param shell The account's shell, for a system unit.
 */
export function environmentOf(
  manager: string,
  { scope, account }: Pick<ManagerOptions, 'scope' | 'account'>,
  shell: string,
): Record<string, string> {
  const given = { PATH: DEFAULT_PATH, ...parseEnvironment(manager) };
  const { name, uid, homeDir } = account;
  const login = { HOME: homeDir, USER: name, LOGNAME: name, SHELL: shell };
  // A user's manager passes its own environment on; a system unit with User= gets the account's
  // (https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment%20Variables%20Set%20or%20Propagated%20by%20the%20Service%20Manager).
  return scope === 'user'
    ? { ...login, XDG_RUNTIME_DIR: runtimeFolder(uid), ...given }
    : { ...given, ...login };
}

/**
 * Where logind puts the sockets of a user (https://www.freedesktop.org/software/systemd/man/latest/pam_systemd.html).
 */
export function runtimeFolder(uid: number): string {
  return `/run/user/${uid}`;
}

/** systemd's usual built-in PATH; its own answer takes precedence. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Lines of `NAME=value`; a value with special characters is written as `$'…'`. */
function parseEnvironment(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => /^(\w+)=(.*)$/.exec(line) ?? []);
  return Object.fromEntries(
    lines.flatMap(([, name, value]) => (name === undefined ? [] : [[name, unquoted(value ?? '')]])),
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
};

function unquoted(value: string): string {
  const inner = /^\$'(.*)'$/.exec(value)?.[1];
  if (inner === undefined) return value;
  return inner.replaceAll(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
