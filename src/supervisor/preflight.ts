/**
 * Checks whether Claude is logged in, before the first run and before a run is spent on finding out. The person reads
 * the reason right after the start, not in the morning.
 */

import { currentHolds, imposeHold, liftHold } from '../bridge/holds.ts';
import { claudeEnvironment } from '../claude/environment.ts';
import { locateClaude } from '../claude/locate.ts';
import { askLogin, type Login } from '../claude/login.ts';
import type { Hold } from '../project/hold.ts';
import { runsFolder } from '../state-folder.ts';
import type { Admission } from './admission.ts';
import type { Context } from './context.ts';
import { makeRunsFolder } from './room.ts';
import { retryTransient } from './transient.ts';

const CHECK_EVERY_MS = 5 * 60_000;
/** Only an answer younger than this saves a probing run. */
const RECENT_MS = 60_000;

const LOGGED_OUT =
  'Claude is not logged in. Log in as this user (run `claude`, then /login), or put ANTHROPIC_API_KEY, or CLAUDE_CODE_OAUTH_TOKEN from `claude setup-token`, into the environment of the supervisor and restart it. Checked again every 5 minutes; `bridge-supervisor resume` retries now';

/** Checks the login, one check at a time, and sets or lifts the hold `not_logged_in`. */
export class Preflight {
  readonly #context: Context;
  readonly #onAnswer: () => void;
  readonly #closed = new AbortController();
  #checking: Promise<void> | undefined;
  /** In monotonic milliseconds. */
  #checkedAt: number | undefined;

  /** @param onAnswer Called after each answer. */
  constructor(context: Context, onAnswer: () => void) {
    this.#context = context;
    this.#onAnswer = onAnswer;
  }

  /** Whether to check the login before acting on this admission. */
  async isDue(admission: Admission): Promise<boolean> {
    if (this.#checkedAt === undefined) return admission.may !== 'wait';
    const age = this.#context.clock.monotonic() - this.#checkedAt;
    if (admission.may === 'probe') return admission.holds.some(isOfLogin) && age > RECENT_MS;
    return admission.may === 'wait' && age > CHECK_EVERY_MS && (await this.#ownHold()) !== undefined;
  }

  /** Checks the login and sets or lifts the hold. Joins a check under way. */
  async check(): Promise<void> {
    this.#checking ??= this.#ask().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** Cancels a check under way and waits until it has left nothing behind. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#checking?.catch(() => undefined);
  }

  async #ask(): Promise<void> {
    const { bridge, clock, config, env } = this.#context;
    const claude = locateClaude(config.claude, env);
    // A missing Claude has its own hold. The login stays unchecked.
    if (!claude.found) return;
    const folder = runsFolder(bridge.stateDir);
    const question = {
      program: claude.path,
      // The mark is the same each time, so a check that a predecessor could not end is found too.
      env: claudeEnvironment(env, { id: `login:${bridge.stateDir}`, projectId: '' }),
      folder,
      clock,
      signal: this.#closed.signal,
    };
    const login = await makeRunsFolder(bridge.stateDir)
      .then(() => askLogin(question))
      // A failure leaves the login unknown: whether runs can start is found out elsewhere.
      .catch((error: Error): Login => ({ state: 'unknown', reason: error.message }));
    if (this.#closed.signal.aborted) return;
    await retryTransient(this.#context, () => this.#conclude(login));
    this.#checkedAt = clock.monotonic();
    this.#onAnswer();
  }

  async #conclude(login: Login): Promise<void> {
    const { clock, log, lease } = this.#context;
    const held = await this.#ownHold();
    switch (login.state) {
      case 'in':
        log.info('login.checked', { method: login.method });
        if (held) await liftHold(lease, held);
        return;
      case 'out':
        if (held) return;
        return imposeHold(lease, {
          kind: 'not_logged_in',
          scope: '',
          reason: LOGGED_OUT,
          since: clock.now().toISOString(),
          until: null,
          source: 'preflight',
        });
      case 'unknown':
        log.debug('login.unknown', { reason: login.reason });
    }
  }

  /** The hold that this check set. A login check says nothing about a hold that a run set. */
  async #ownHold(): Promise<Hold | undefined> {
    const holds = await currentHolds(this.#context.bridge);
    return holds.find((hold) => isOfLogin(hold) && hold.source === 'preflight');
  }
}

function isOfLogin({ kind }: Hold): boolean {
  return kind === 'not_logged_in';
}
