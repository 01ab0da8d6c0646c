/** Calls `systemctl`, and explains its failures. */
import type { ProgramResult } from '../program.ts';
import { type ManagerOptions, ServiceError } from './service.ts';
import { runtimeFolder } from './systemd-environment.ts';

export interface Systemctl {
  /** Returns its result, also of a failure. */
  ask(...args: readonly string[]): Promise<ProgramResult>;
  /** Returns its stdout. Throws ServiceError, with its stderr, when it fails. */
  must(action: string, ...args: readonly string[]): Promise<string>;
  /** Runs another program of systemd, with the same environment. */
  other(program: string, ...args: readonly string[]): Promise<ProgramResult>;
  /** Why systemd cannot be used here, and what to do instead; null when it can. */
  unavailable(): Promise<string | null>;
}

/** A start waits for a running stop, and a stop for the runs; systemd itself limits that wait (TimeoutStopSec). */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

export function systemctl({ scope, account, env, run }: ManagerOptions): Systemctl {
  const scopeArgs = scope === 'user' ? ['--user'] : [];
  // Without it, as in a cron job, systemctl does not find the user's manager.
  const environment = { ...env, XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR || runtimeFolder(account.uid) };
  const ask = (...args: readonly string[]) =>
    run('systemctl', [...scopeArgs, ...args], { env: environment, timeoutMs: MAX_WAIT_MS });
  return {
    ask,
    async must(action, ...args) {
      const result = await ask(...args);
      if (result.code === 0) return result.stdout;
      const again = ['systemctl', ...scopeArgs, ...args.filter((arg) => !arg.startsWith('--'))].join(' ');
      throw new ServiceError(`systemd did not ${action}: ${reasonOf(result)}. ${adviceFor(args, again)}`);
    },
    other: (program, ...args) => run(program, args, { env: environment }),
    async unavailable() {
      const result = await ask('is-system-running');
      const answer = result.stdout.trim();
      if (result.failure === 'missing') return `systemd is not here (no systemctl). ${INSTEAD}`;
      if (answer === 'offline' || /not been booted/.test(result.stderr))
        return `systemd is installed but does not run this machine. ${INSTEAD}`;
      const reached = answer !== '' && answer !== 'unknown';
      if (!reached && scope === 'user')
        return (
          `systemd has no user manager for ${account.name} here (${reasonOf(result)}), as after su or sudo. ` +
          `Log in as ${account.name}, or run as root \`loginctl enable-linger ${account.name}\` and try again; ` +
          'without it, start the supervisor with: bridge-supervisor start'
        );
      if (!reached) return `systemd cannot be asked (${reasonOf(result)}). ${INSTEAD}`;
      if (scope === 'system' && process.geteuid?.() !== 0)
        return 'a system unit is installed by root. Put sudo before the command, or leave --system out for a service of your own.';
      return null;
    },
  };
}

const INSTEAD =
  'Start the supervisor in the background with `bridge-supervisor start`; in a container, make `bridge-supervisor run` its command.';

/** In one line, without the full stop. */
function reasonOf({ code, stderr, failure }: ProgramResult): string {
  if (failure === 'missing') return 'there is no systemctl';
  const message = stderr
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return message || (code === null ? 'systemctl was ended' : `systemctl ended with exit code ${code}`);
}

function adviceFor(args: readonly string[], command: string): string {
  return args.includes('start') ? 'Find the cause with: bridge-supervisor logs' : `Try: ${command}`;
}
