/**
 * Asks whether Claude is logged in: before the first run, and before a run is spent on finding out. A person reads the
 * reason right after the start, not in the morning.
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
/** A probing run is spared only by an answer younger than this. */
const RECENT_MS = 60_000;

const LOGGED_OUT =
  'Claude is not logged in. Log in as this user (run `claude`, then /login), or put ANTHROPIC_API_KEY, or CLAUDE_CODE_OAUTH_TOKEN from `claude setup-token`, into the environment of the supervisor and restart it. Checked again every 5 minutes; `bridge-supervisor resume` retries now';

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

  /** Whether Claude is to be asked before anything else is done on this admission. */
  async isDue(admission: Admission): Promise<boolean> {
    if (this.#checkedAt === undefined) return admission.may !== 'wait';
    const age = this.#context.clock.monotonic() - this.#checkedAt;
    if (admission.may === 'probe') return admission.holds.some(isOfLogin) && age > RECENT_MS;
    return admission.may === 'wait' && age > CHECK_EVERY_MS && (await this.#ownHold()) !== undefined;
  }

  /** Asks Claude, unless that is under way, and sets or lifts the hold accordingly. */
  async check(): Promise<void> {
    this.#checking ??= this.#ask().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** Gives up a check under way; afterwards nothing is left of it. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#checking?.catch(() => undefined);
  }

  async #ask(): Promise<void> {
    const { bridge, clock, config, env } = this.#context;
    const claude = locateClaude(config.claude, env);
    // A missing Claude is another hold; the question stays open.
    if (!claude.found) return;
    const folder = runsFolder(bridge.stateDir);
    const question = {
      program: claude.path,
      // The same mark each time, so that what a predecessor could not end is found too.
      env: claudeEnvironment(env, { id: `login:${bridge.stateDir}`, projectId: '' }),
      folder,
      clock,
      signal: this.#closed.signal,
    };
    const login = await makeRunsFolder(bridge.stateDir)
      .then(() => askLogin(question))
      // Unknown: whether runs can start is found out elsewhere.
      .catch((error: Error): Login => ({ state: 'unknown', why: error.message }));
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
        if (held) await liftHold(lease, held.kind, held.scope);
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
        log.debug('login.unknown', { why: login.why });
    }
  }

  /** Not a hold that a run has set: the answer here says nothing about that one. */
  async #ownHold(): Promise<Hold | undefined> {
    const holds = await currentHolds(this.#context.bridge);
    return holds.find((hold) => isOfLogin(hold) && hold.source === 'preflight');
  }
}

function isOfLogin({ kind }: Hold): boolean {
  return kind === 'not_logged_in';
}
