/** One service of launchd, controlled through `launchctl`. It is a job while launchd has it loaded. */
import type { ProgramResult } from '../program.ts';
import { isDisabled, type PrintedJob, readPrintedJob } from './launchd-print.ts';
import { type ManagerOptions, ServiceError } from './service.ts';

export interface LaunchdJob {
  /** Null when launchd has not loaded it. */
  look(): Promise<PrintedJob | null>;
  /** Why launchd accepts no agents of this account now, and what to do; null when it does. */
  unavailable(): Promise<string | null>;
  /** Whether a person disabled it with `launchctl disable`; it then does not start at login. */
  isDisabled(): Promise<boolean>;
  /** Undoes `launchctl disable`. */
  enable(): Promise<void>;
  /** Loads this plist; with RunAtLoad that starts it. Throws ServiceError when launchd refuses. */
  load(plist: string): Promise<void>;
  /** Ends it if it runs, and unloads it until the next login. Resolves when it is gone. */
  unload(): Promise<void>;
  sendTerm(): Promise<void>;
  /** Polls until `wanted` holds; false when the time is up first. */
  waitUntil(wanted: (job: PrintedJob | null) => boolean, ms: number): Promise<boolean>;
}

const LAUNCHCTL = '/bin/launchctl';

/** ExitTimeOut of a plist without one (launchd.plist(5)). */
const DEFAULT_EXIT_SECONDS = 20;

/** `bootout` returns before the job is gone, and until then `bootstrap` fails with 5 or 37. Measured: 5 s. */
const SETTLING_MS = 15_000;
const STEP_MS = 500;

export function launchdJob({ name, account, env, run, clock }: ManagerOptions): LaunchdJob {
  const domain = `gui/${account.uid}`;
  const target = `${domain}/${name}`;

  const ask = async (...args: readonly string[]): Promise<ProgramResult> => {
    const result = await run(LAUNCHCTL, args, { env });
    if (result.failure === null) return result;
    const why = result.failure === 'missing' ? 'is not here' : 'did not answer';
    throw new ServiceError(`${LAUNCHCTL} ${why}, so nothing is known of the service. Try again, on a Mac.`);
  };

  const job: LaunchdJob = {
    async look() {
      const { code, stdout } = await ask('print', target);
      // 113 means an unknown service, other codes an unknown domain: in both cases it is not loaded.
      return code === 0 ? readPrintedJob(stdout) : null;
    },

    async unavailable() {
      const { code } = await ask('print', domain);
      return code === 0 ? null : withoutSession(account.name);
    },

    async isDisabled() {
      return isDisabled((await ask('print-disabled', domain)).stdout, name);
    },

    async enable() {
      if (!(await job.isDisabled())) return;
      const result = await ask('enable', target);
      if (result.code !== 0) throw refused('enable', target, result);
    },

    async load(plist) {
      const end = clock.monotonic() + SETTLING_MS;
      for (;;) {
        const result = await ask('bootstrap', domain, plist);
        if (result.code === 0 || (await job.look())) return;
        const why = await job.unavailable();
        if (why) throw new ServiceError(why);
        if (!PASSING.includes(result.code ?? 0) || clock.monotonic() >= end)
          throw refused('load', plist, result);
        await clock.sleep(STEP_MS);
      }
    },

    async unload() {
      const before = await job.look();
      if (!before) return;
      // Its exit code tells little: 36 means that it is under way, 3 and 113 that it is gone.
      const result = await ask('bootout', target);
      const ms = (before.exitTimeout ?? DEFAULT_EXIT_SECONDS) * 1000 + SETTLING_MS;
      if (!(await job.waitUntil((now) => now === null, ms))) throw refused('unload', target, result);
    },

    async sendTerm() {
      await ask('kill', 'SIGTERM', target);
    },

    async waitUntil(wanted, ms) {
      const end = clock.monotonic() + ms;
      while (!wanted(await job.look())) {
        if (clock.monotonic() >= end) return false;
        await clock.sleep(STEP_MS);
      }
      return true;
    },
  };
  return job;
}

/** EIO and EALREADY, while the former job is being removed. */
const PASSING: readonly number[] = [5, 37];

/** Over SSH there is no such session, unless the person is also logged in at the screen. */
function withoutSession(user: string): string {
  return `launchd runs agents only in a login session, and ${user} is not logged in at this Mac's screen. Log in there (screen sharing will do), then try again; until then, start the supervisor with: bridge-supervisor run`;
}

function refused(verb: string, target: string, { code, stderr }: ProgramResult): ServiceError {
  const message = stderr.trim().split('\n')[0] || `exit code ${code}`;
  return new ServiceError(
    `launchd did not ${verb} ${target}: ${message.replace(/\.$/, '')}. Reinstall the service with \`bridge-supervisor install\`; if that does not help, log out and in again.`,
  );
}
