/** Programs as another user, whom root does not trust. */
import type { Account } from '../machine/account.ts';
import type { RunProgram } from '../machine/program.ts';

/**
 * Runs programs as that user, with the groups of that user, and as the service will: without a way to become somebody
 * else. In a session of its own, because what has root's terminal can type into it (setsid(1), setpriv(1), ioctl_tty(2)).
 */
export function runAs(account: Account, run: RunProgram): RunProgram {
  const user = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--no-new-privs'];
  const words = ['--wait', 'setpriv', ...user, '--'];
  return (command, args, options) => run('setsid', [...words, command, ...args], { cwd: '/', ...options });
}
